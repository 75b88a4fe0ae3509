# syntax=docker/dockerfile:1
# The bot with its CPU build of PyTorch, as a user without rights. Everything that is kept lies in the volume /data.
#   docker build --tag companion .
#   docker run --env-file .env --volume companion-data:/data companion
# For `companion transcribe`, the audio of clips, and emoji on quote cards:
#   docker build --build-arg PACKAGES="ffmpeg fonts-noto-color-emoji" …

FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/companion
ENV PATH=/opt/companion/bin:$PATH
WORKDIR /src
# PyPI's PyTorch for Linux brings gigabytes of CUDA; this index has the same versions without.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
# What Companion needs changes less often than Companion, so it is a layer of its own.
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY companion/__init__.py companion/
RUN pip install --constraint constraints.txt --extra-index-url "$TORCH_INDEX" .
COPY companion companion
RUN pip install --no-deps --force-reinstall . && companion --version

FROM python:3.11-slim
ARG PACKAGES=""
RUN if [ -n "$PACKAGES" ]; then \
        apt-get update && apt-get install --yes --no-install-recommends $PACKAGES && rm -rf /var/lib/apt/lists/*; \
    fi
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin companion \
    && install --directory --owner companion --group companion --mode 700 /data
COPY --from=build /opt/companion /opt/companion
# Models that are downloaded and what is compiled for the processor are kept with the archive; what matplotlib remembers
# need not be.
ENV PATH=/opt/companion/bin:$PATH PYTHONUNBUFFERED=1 HF_HOME=/data/models NUMBA_CACHE_DIR=/data/compiled \
    MPLCONFIGDIR=/tmp/matplotlib
USER companion
# The default DATABASE_URL, data/companion.db, is in the volume from here.
WORKDIR /
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=1m --timeout=20s --start-period=3m --retries=2 CMD ["companion", "doctor", "--alive"]
ENTRYPOINT ["companion"]
CMD ["run"]
