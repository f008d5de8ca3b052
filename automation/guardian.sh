# Owns one browser and its profile folder. $1 is the folder, the rest is the browser's command line.
# Descriptors 3 and 4 are the browser's; 5 is the life line, which closes when the agent ends, however it ends.
profile=$1
shift
trap '' INT HUP TERM
echo $$ > "$profile/guardian.pid"
"$@" 5<&- &
browser=$!
exec 3<&- 4>&-
read -r _ <&5
# The profile is thrown away, so nothing is lost by not asking nicely. The browser's helpers end with it.
kill -KILL "$browser" 2>/dev/null
wait "$browser" 2>/dev/null
# A helper may still write for a moment after the browser has gone.
n=0
while ! rm -rf -- "$profile" 2>/dev/null && [ $n -lt 40 ]; do sleep 0.05; n=$((n + 1)); done
exit 0
