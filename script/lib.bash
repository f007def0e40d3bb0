# Shared by the scripts: sourced after `set -euo pipefail`. Leaves the caller in the project's folder.
caller=$PWD
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
venv=$root/.venv
builder=$root/build/python-builder # the environment that the wheel is built in

export DEBIAN_FRONTEND=noninteractive PIP_DISABLE_PIP_VERSION_CHECK=1
# By the same name and with the same options a compiler cache knows the library's sources in every build.
# Relative to the checkout: it knows them in an unpacked source distribution too.
export CXX=${CXX:-c++} CCACHE_BASEDIR=${CCACHE_BASEDIR:-$root}
package_options=()
# To be called after the set-up: a new machine has no compiler cache before. What a source includes is taken from what the
# compiler lists, not from a preprocessor run of its own: that takes a fifth off the first compilation.
use_compiler_cache() {
  if command -v ccache >/dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_DEPEND=1; fi
}

if [[ -t 1 ]]; then bold=$'\e[1m' red=$'\e[31m' plain=$'\e[0m'; else bold='' red='' plain=''; fi
say() { printf '%s==> %s%s\n' "$bold" "$*" "$plain"; }
warn() { printf '%s==> %s%s\n' "$red" "$*" "$plain" >&2; }
die() {
  warn "$*"
  exit 1
}

# --- system packages ------------------------------------------------------------------------------------------------

# required_packages LEVEL, optional_packages LEVEL: Debian's names, the same in Ubuntu.
required_packages() {
  printf '%s\n' ca-certificates cmake g++ libboost-dev libeigen3-dev libyaml-cpp-dev ninja-build \
    python3 python3-dev python3-venv
  case $1 in
  test) printf '%s\n' ccache clang clang-tidy doctest-dev git ;;
  bench) printf '%s\n' ccache libbenchmark-dev ;;
  esac
}
optional_packages() {
  # Pictures of the report: Ubuntu has Chromium as a snap only, tests that need it are skipped there.
  if [[ $1 == test ]]; then printf '%s\n' chromium fonts-noto-cjk; fi
  if [[ $1 == test || $1 == docs ]]; then printf '%s\n' doxygen; fi
}

# Prints which of the named packages are not installed. A versioned compiler (clang-14) stands for the unversioned name.
missing_packages() {
  local installed name
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null)
  for name in "$@"; do
    case $name in
    clang | clang-tidy) grep -qE "^installed $name(-[0-9]+)?\$" <<<"$installed" ;;
    *) grep -qxF "installed $name" <<<"$installed" ;;
    esac || printf '%s\n' "$name"
  done
}

# Clang's sanitizers and libFuzzer come in a package named after its version.
missing_clang_runtime() {
  local version
  version=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 'clang-[0-9]*' 2>/dev/null |
    sed -nE 's/^installed clang-([0-9]+)$/\1/p' | sort -n | tail -n 1)
  if [[ -n $version ]]; then missing_packages "libclang-rt-$version-dev"; fi
}

as_root() {
  if [[ $EUID -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo DEBIAN_FRONTEND=noninteractive "$@"
  else
    die "not root and no sudo: as root, run: $*"
  fi
}

# What a package manager says is told only where it fails.
quietly() {
  local log
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}
apt_install() {
  quietly as_root apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
}

ensure_system_packages() { # LEVEL
  local system='' like='' wanted
  if [[ -n ${QASCORE_SKIP_SYSTEM_PACKAGES:-} ]]; then return; fi
  if [[ -r /etc/os-release ]]; then
    system=$(. /etc/os-release && printf '%s' "${ID:-}")
    like=$(. /etc/os-release && printf '%s' "${ID_LIKE:-}")
  fi
  if [[ " $system $like " != *" debian "* ]] || ! command -v apt-get >/dev/null; then
    wanted=$(required_packages "$1" | paste -sd ' ')
    die "this system (${system:-unknown}) is neither Debian nor Ubuntu. Install what these Debian packages hold:
    $wanted
(CMake 3.25, a C++20 compiler, Python 3.11, Boost 1.74, Eigen 3.4, yaml-cpp 0.7 or newer), then run this again with
QASCORE_SKIP_SYSTEM_PACKAGES=1"
  fi

  local -a missing optional
  mapfile -t missing < <(missing_packages $(required_packages "$1"))
  mapfile -t optional < <(missing_packages $(optional_packages "$1"))
  if [[ ${#missing[@]} -gt 0 ]]; then
    say "installing system packages: ${missing[*]}"
    quietly as_root apt-get update -qq
    apt_install "${missing[@]}"
  fi
  if [[ $1 == test ]]; then
    mapfile -t missing < <(missing_clang_runtime)
    if [[ ${#missing[@]} -gt 0 ]]; then
      say "installing system packages: ${missing[*]}"
      apt_install "${missing[@]}"
    fi
  fi
  local name
  for name in "${optional[@]}"; do
    if [[ -n $(apt-cache madison "$name" 2>/dev/null) ]]; then
      say "installing system packages: $name"
      apt_install "$name"
    else
      say "$name is not packaged here: tests that need it will be skipped"
    fi
  done
}

# --- Python ---------------------------------------------------------------------------------------------------------

# Prints a Python 3.11 or newer that can make virtual environments and build extension modules.
find_python() {
  local candidate
  for candidate in python3 /usr/bin/python3 python3.13 python3.12 python3.11; do
    if "$candidate" - 2>/dev/null <<'PYTHON'; then
import ensurepip, os, sys, sysconfig, venv
header = os.path.join(sysconfig.get_paths()["include"], "Python.h")
sys.exit(not (sys.version_info >= (3, 11) and os.path.exists(header)))
PYTHON
      printf '%s\n' "$candidate"
      return
    fi
  done
  die "no Python 3.11 or newer with venv and headers was found (Debian 12, Ubuntu 24.04 and newer have one)"
}

extras_of() { # LEVEL
  case $1 in
  demo) echo report cli pandas ;;
  docs) echo docs ;;
  test) echo report cli pandas docs test ;;
  bench) echo report cli bench ;;
  esac
}

# What pyproject.toml asks for: to build; for a level, also to run, and for its extras.
requirements() { # [LEVEL]
  "$venv/bin/python" - $(extras_of "${1:-}") <<'PYTHON'
import sys, tomllib
with open("pyproject.toml", "rb") as file:
    read = tomllib.load(file)
project, extras = read["project"], sys.argv[1:]
wanted = read["build-system"]["requires"]
if extras:
    wanted += project["dependencies"]
for extra in extras:
    wanted += project["optional-dependencies"][extra]
print("\n".join(wanted))
PYTHON
}

ensure_venv() { # LEVEL
  local python marker=$venv/.requirements-$1 fingerprint
  if [[ ! -x $venv/bin/python ]] || ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
    python=$(find_python)
    say "making the virtual environment .venv with $("$python" --version)"
    rm -rf "$venv"
    "$python" -m venv "$venv"
  fi
  fingerprint=$({ "$venv/bin/python" --version && cat pyproject.toml; } | sha256sum)
  if [[ ! -f $marker || $(<"$marker") != "$fingerprint" ]]; then
    say "installing Python packages into .venv"
    requirements "$1" >"$venv/requirements-$1.txt"
    "$venv/bin/pip" install --quiet --requirement "$venv/requirements-$1.txt"
    printf '%s\n' "$fingerprint" >"$marker"
  fi
}

# One number for everything that goes into the package.
package_fingerprint() {
  find CMakeLists.txt LICENSE README.md bindings cmake include pyproject.toml rubrics src \
    -type f -not -path '*/__pycache__/*' -not -path 'bindings/python/tests/*' -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
}

ensure_package() {
  local marker=$venv/.package fingerprint
  fingerprint=$(package_fingerprint)
  if [[ -f $marker && $(<"$marker") == "$fingerprint" && -x $venv/bin/qascore ]]; then return; fi
  say "building the wheel and installing it into .venv"
  rm -f "$marker"
  use_compiler_cache
  # As pip isolates a build, with nothing but what build-system asks for, but in a place that stays: there it is incremental.
  if [[ ! -x $builder/bin/python ]]; then "$venv/bin/python" -m venv "$builder"; fi
  requirements >"$builder/requirements.txt"
  "$builder/bin/pip" install --quiet --requirement "$builder/requirements.txt"
  rm -rf "$root/build/wheel"
  "$builder/bin/pip" wheel --quiet --no-build-isolation --no-deps --wheel-dir "$root/build/wheel" "${package_options[@]}" .
  "$venv/bin/pip" install --quiet --no-deps --force-reinstall "$root"/build/wheel/qascore-*.whl
  printf '%s\n' "$fingerprint" >"$marker"
}
