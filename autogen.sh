#!/bin/sh
# Makes configure from configure.ac in a checkout.  A release tarball has it already.
set -eu
cd "$(dirname "$0")"
mkdir -p m4 build-aux
exec autoreconf --force --install "$@"
