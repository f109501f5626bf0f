#!/usr/bin/env bash
#SBATCH --job-name=conformance-merge
#SBATCH --time=00:10:00
#
# Puts the runs of the tasks of an array together: slurm-merge.sh ARRAY_JOB_ID; see slurm-array.sh.
set -eu
out="${CONFORMANCE_OUT:-$PWD/conformance-out}/$1"

# Unquoted, for it may be several words.
exec ${CONFORMANCE:-conformance} merge "$out"/shard-* --out "$out/merged"
