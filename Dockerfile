# syntax=docker/dockerfile:1
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /billagent ./cmd/billagent

FROM debian:bookworm-slim
# tini reaps the browser's helpers; fonts let pages be laid out and pictured as people see them; curl asks a daemon how
# it is (fixtures/deploy/compose.yaml). There is no HEALTHCHECK here: most commands are no daemon.
RUN apt-get update \
 && apt-get install -y --no-install-recommends chromium-headless-shell ca-certificates curl fonts-dejavu-core tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 10001 billagent \
 && install -d -o billagent -g billagent -m 0700 /var/lib/billagent
COPY --from=build /billagent /usr/local/bin/billagent
USER billagent
ENV BILLAGENT_STATE=/var/lib/billagent \
    BILLAGENT_LOG_FORMAT=json
VOLUME /var/lib/billagent
ENTRYPOINT ["/usr/bin/tini", "--", "billagent"]
CMD ["--help"]
