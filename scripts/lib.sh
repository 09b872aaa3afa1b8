# shellcheck shell=bash
# What the scripts share: a Python, a .venv, Debian packages. Source it; nothing runs by itself.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
venv=$root/.venv

# A broken one of these stops every Python from starting, or mixes other packages into ours.
unset PYTHONHOME PYTHONPATH

step() { printf '%s\n' "- $*" >&2; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

has() { command -v "$1" >/dev/null 2>&1; }

has_display() { [ "$(uname -s)" != Linux ] || [ -n "${DISPLAY-}${WAYLAND_DISPLAY-}" ]; }

# usage FILE: prints the comment at the top of a script.
usage() { sed -n '2,/^$/s/^# \{0,1\}//p' "$1"; }

# quietly COMMAND…: its output is shown only when it fails.
quietly() {
  local output
  output=$("$@" 2>&1 </dev/null) && return
  printf '%s\n' "$output" | tail -n 20 >&2
  return 1
}

# --- Debian and Ubuntu packages ---

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# missing_packages NAME…: the ones that are not installed; of a|b any will do.
missing_packages() {
  local package name
  for package in "$@"; do
    for name in ${package//|/ }; do
      is_installed "$name" && continue 2
    done
    printf '%s\n' "$package"
  done
}

# known_name a|b: the first that this release has, else the last.
known_name() {
  local name
  for name in ${1//|/ }; do
    apt-cache show --no-all-versions "$name" >/dev/null 2>&1 && break
  done
  printf '%s\n' "$name"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() { [ "$(id -u)" = 0 ] || { has sudo && sudo -n true 2>/dev/null; }; }

apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@"; }

# debian_packages WHAT NAME…: installs what is missing, or prints the line to type and returns 1.
debian_packages() {
  local what=$1 missing=() names=() package
  shift
  if ! has apt-get || ! has dpkg-query; then
    return 0  # another system: its packages have other names, and its Python and browser may well do
  fi
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  if may_install; then
    step "Installing $what with apt"
    quietly apt update || step "apt could not refresh its lists; trying with the old ones"
  fi
  for package in "${missing[@]}"; do names+=("$(known_name "$package")"); done
  if may_install && quietly apt install --no-install-recommends "${names[@]}"; then return 0; fi
  step "Missing: $what. To install it, type: sudo apt-get install ${names[*]}"
  return 1
}

# --- The libraries of the window toolkit ---

# toolkit_libraries: asks the loader what the toolkit lacks, and installs it; returns 1 if something stays missing.
toolkit_libraries() {
  local python=$venv/bin/python missing=() packages=() before=none line
  while :; do
    mapfile -t missing < <("$python" -I "$root/narvi_desktop/windows/libraries.py")
    [ ${#missing[@]} -gt 0 ] || return 0
    # What was missing before and still is, no package has brought.
    [ "${missing[*]}" != "$before" ] || break
    before=${missing[*]} packages=()
    for line in "${missing[@]}"; do packages+=("${line##* }"); done
    mapfile -t packages < <(printf '%s\n' "${packages[@]}" | grep -vx '?' | sort -u)
    debian_packages "the window toolkit's libraries" ${packages[@]+"${packages[@]}"} || return 1
  done
  for line in "${missing[@]}"; do
    step "Missing: ${line%% *}. To find its package, type: sudo apt-get install apt-file; sudo apt-file update; apt-file search ${line%% *}"
  done
  return 1
}

# --- Python ---

# find_python: sets $python to the first interpreter that starts and is new enough.
find_python() {
  for python in python3.14 python3.13 python3.12 python3.11 python3; do
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && return
  done
  python=
  return 1
}

can_make_venv() { "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; }

# What a script will need later, for the one line that a person without root's rights has to type.
later_packages=()

# expected_libraries: what the toolkit will need, while it is not installed and the loader cannot be asked.
expected_libraries() { "$python" -I "$root/narvi_desktop/windows/libraries.py" | sed 's/^[^ ]* //' | sort -u; }

require_python() {
  find_python || { debian_packages Python python3 python3-venv && find_python; } ||
    fail "narvi-desktop needs Python 3.11 or newer; none of python3.14, python3.13, python3.12, python3.11, python3 is."
  can_make_venv && return
  local version packages=() what="Python's venv"
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  if ! may_install; then
    packages=(${later_packages[@]+"${later_packages[@]}"})
    ! has_display || mapfile -t -O ${#packages[@]} packages < <(expected_libraries)
    [ ${#packages[@]} = 0 ] || what="$what, and what comes after it"
  fi
  debian_packages "$what" "python$version-venv" ${packages[@]+"${packages[@]}"} && can_make_venv && return
  "$python" -c 'import venv' 2>/dev/null ||
    fail "$python cannot make a virtual environment: it lacks the module venv."
}

# A .venv cut short, moved, or whose Python is gone does not count.
venv_works() {
  [ "$(cat "$venv/made-in" 2>/dev/null)" = "$root" ] && "$venv/bin/python" -c 'import pip' >/dev/null 2>&1
}

make_venv() {
  venv_works && return
  require_python
  step "Making .venv with $("$python" --version 2>&1)"
  if can_make_venv; then
    quietly "$python" -m venv --clear "$venv" || fail "Could not make $venv; see above."
  else
    # Debian keeps ensurepip in a package of its own, which only root can install; PyPI has pip as well.
    step "Fetching pip from PyPI, since this Python came without it"
    quietly "$python" -m venv --clear --without-pip "$venv" &&
      quietly "$venv/bin/python" "$root/scripts/fetch_pip.py" || fail "Could not make $venv; see above."
  fi
  printf '%s\n' "$root" >"$venv/made-in"
}

# stamp: what an install depends on. A stamp file of another content means: install again.
stamp() { printf '%s %s\n' "$root" "$(cksum <"$root/pyproject.toml")"; }

# is_fresh NAME: whether the stamp file of that name is of now.
is_fresh() {
  [ -x "$venv/bin/python" ] && [ "$(cat "$venv/fresh-$1" 2>/dev/null)" = "$(stamp)" ]
}

mark_fresh() { stamp >"$venv/fresh-$1"; }

# install_package EXTRAS WHAT: the package itself, editable, with its extras ("" for none); returns 1 if pip fails.
install_package() {
  local name=${1:-plain}
  is_fresh "$name" && return
  make_venv
  step "Installing $2 into .venv"
  (cd "$root" && quietly "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --no-input --editable ".${1:+[$1]}") || return 1
  mark_fresh "$name"
}
