#!/bin/sh
# Installs what the extension module is built with, in the containers of cibuildwheel.
set -eu
if command -v apk >/dev/null; then # musllinux: Alpine
  apk add --no-cache boost-dev eigen-dev yaml-cpp-dev
else # manylinux_2_34: AlmaLinux 9, whose yaml-cpp is older than 0.7
  dnf install -y epel-release
  dnf config-manager --set-enabled crb
  dnf install -y boost-devel eigen3-devel git
  git clone --depth 1 --branch 0.8.0 https://github.com/jbeder/yaml-cpp /tmp/yaml-cpp
  cmake -S /tmp/yaml-cpp -B /tmp/yaml-cpp/build -DCMAKE_BUILD_TYPE=Release -DCMAKE_POSITION_INDEPENDENT_CODE=ON \
    -DYAML_CPP_BUILD_TESTS=OFF -DYAML_CPP_BUILD_TOOLS=OFF
  cmake --build /tmp/yaml-cpp/build --parallel --target install
fi
