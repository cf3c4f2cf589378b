FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X aigc/app.Version=${VERSION}" -o /aigc .
RUN mkdir /data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /aigc /aigc
COPY --from=build --chown=nonroot:nonroot /data /data
ENV AIGC_ADDR=0.0.0.0:5512 AIGC_MCP_ADDR=0.0.0.0:5513 AIGC_DATA_DIR=/data
VOLUME /data
EXPOSE 5512 5513
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=5s CMD ["/aigc", "doctor", "--ready"]
ENTRYPOINT ["/aigc"]
CMD ["all"]
