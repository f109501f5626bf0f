#!/usr/bin/env bash
#SBATCH --job-name=conformance
#SBATCH --array=1-32
#SBATCH --cpus-per-task=4
#SBATCH --time=02:00:00
#
# The deep suite over the tasks of an array, and a job that puts their runs together and decides:
#
#   array=$(sbatch --parsable slurm-array.sh)
#   sbatch --dependency=afterany:$array slurm-merge.sh $array
#
# The tool, by default the command conformance, is what CONFORMANCE says; it reads SLURM_ARRAY_TASK_ID, _MIN, _MAX, _STEP and
# _COUNT. Runs go to CONFORMANCE_OUT, which every node must see. Arguments are passed on, as in: slurm-array.sh --suite ci
set -eu
out="${CONFORMANCE_OUT:-$PWD/conformance-out}/$SLURM_ARRAY_JOB_ID"
if [ $# -eq 0 ]; then
    set -- --suite deep
fi

# Unquoted, for it may be several words.
exec ${CONFORMANCE:-conformance} run "$@" --out "$out/shard-$SLURM_ARRAY_TASK_ID"
