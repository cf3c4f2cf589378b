# A static binary, as a user without rights, which writes to /data only:
#   docker build --build-arg VERSION=0.1.0 -t aigc:0.1.0 .
#   docker run --read-only --cap-drop ALL -v aigc:/data -p 127.0.0.1:5512:5512 aigc:0.1.0
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X aigc/app.Version=${VERSION}" -o /aigc .
RUN mkdir /data

FROM gcr.io/distroless/static-debian12:nonroot
ARG VERSION=dev
LABEL org.opencontainers.image.title=aigc org.opencontainers.image.version=${VERSION}
COPY --from=build /aigc /aigc
COPY --from=build --chown=65532:65532 /data /data
ENV AIGC_ADDR=0.0.0.0:5512 AIGC_MCP_ADDR=0.0.0.0:5513 AIGC_METRICS_ADDR=0.0.0.0:5514 AIGC_DATA_DIR=/data
USER 65532:65532
VOLUME /data
EXPOSE 5512 5513 5514
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["/aigc", "doctor", "--ready"]
ENTRYPOINT ["/aigc"]
CMD ["all"]
