#!/usr/bin/env bash
#SBATCH --job-name=bully_sweep
#SBATCH --output=%x-%A_%a.log
#SBATCH --time=12:00:00
#SBATCH --cpus-per-task=4
#
# One shard of a sweep for each task of a Slurm job array, numbered from 1:
#
#   sbatch --array=1-16 sim/cluster/slurm_sweep.sh 16 results scenarios/leader_crash.yaml --seeds 1000000
#   bully_sim merge results/shard-*.json --csv sweep.csv --plot sweep.svg
#
# Arguments: the number of shards, a directory that all nodes see, then those of `bully_sim sweep`. A shard that is
# there isn't run again, so the same command, or sbatch --array=7,12, completes a sweep of which some tasks failed; one
# of another sweep (other options, scenario or version) is an error, and stays. BULLY_SIM is the program, if it isn't in
# the PATH.
set -euo pipefail

if [ "$#" -lt 3 ] || [ -z "${SLURM_ARRAY_TASK_ID:-}" ]; then
    echo "usage: sbatch --array=1-N slurm_sweep.sh N DIRECTORY SCENARIO [OPTIONS of bully_sim sweep]" >&2
    exit 2
fi
shards=$1
directory=$2
shift 2

mkdir -p "$directory"
code=0
"${BULLY_SIM:-bully_sim}" sweep "$@" --shard "$SLURM_ARRAY_TASK_ID/$shards" --jobs "${SLURM_CPUS_PER_TASK:-1}" \
    --quiet --progress --reuse --json "$directory/shard-$SLURM_ARRAY_TASK_ID.json" || code=$?
# 1: done, and a run of it violated something; `merge` shows that.
[ "$code" -eq 1 ] || exit "$code"
