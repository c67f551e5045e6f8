FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN make build && mkdir /configs && cp -r configs/*.yaml configs/rules configs/schema /configs

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates tzdata \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data huiying \
 && install -d -o huiying /data /configs
ENV TZ=Asia/Shanghai
# gojieba looks for its dictionaries beside the binary.
COPY --from=build /src/bin /opt/huiying
# Publishing exchanges the rules' directory and keeps the versions beside it.
COPY --from=build --chown=huiying /configs /configs
USER huiying
WORKDIR /data
VOLUME /data
ENTRYPOINT ["/opt/huiying/huiying"]
CMD ["run", "-c", "/configs/huiying.yaml", "--data", "/data"]
