FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN make build

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates tzdata \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data huiying \
 && install -d -o huiying /data
ENV TZ=Asia/Shanghai
# gojieba looks for its dictionaries beside the binary.
COPY --from=build /src/bin /opt/huiying
COPY --from=build /src/configs /configs
USER huiying
WORKDIR /data
VOLUME /data
ENTRYPOINT ["/opt/huiying/huiying"]
CMD ["run", "-c", "/configs/huiying.yaml", "--data", "/data"]
