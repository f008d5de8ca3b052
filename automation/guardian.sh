# Owns one browser and its profile folder. $1 is the folder, the rest is the browser's command line.
# The folder is made here and not by the agent: an agent killed between making it and starting us would leave it.
# Descriptors 3 and 4 are the browser's; 5 is the life line, which closes when the agent ends, however it ends.
profile=$1
shift
trap : INT HUP TERM
mkdir -m 700 -- "$profile" || exit 73
echo $$ > "$profile/guardian.pid"
# A process group of its own, because Debian's command is a script that starts the browser as its child.
if command -v setsid > /dev/null; then setsid "$@" 5<&- & else "$@" 5<&- & fi
browser=$!
exec 3<&- 4>&-
read -r _ <&5
# The profile is thrown away, so nothing is lost by not asking nicely.
kill -s KILL -- "-$browser" 2>/dev/null || kill -s KILL "$browser" 2>/dev/null
wait "$browser" 2>/dev/null
n=0
while ! rm -rf -- "$profile" 2>/dev/null && [ $n -lt 40 ]; do sleep 0.05; n=$((n + 1)); done
exit 0
