#!/usr/bin/env bash
#SBATCH --job-name=bully_sweep
#SBATCH --output=%x-%A_%a.log
#SBATCH --time=12:00:00
#SBATCH --cpus-per-task=4
#
# Runs one shard of a sweep in each task of a Slurm job array, numbered from 1:
#
#   sbatch --array=1-16 sim/cluster/slurm_sweep.sh 16 results scenarios/leader_crash.yaml --seeds 1000000
#   bully_sim merge results/shard-*.json --csv sweep.csv --plot sweep.svg
#
# Arguments: the number of shards, a directory that all nodes share, then the arguments of `bully_sim sweep`. An existing
# shard isn't run again. So if some tasks failed, the same command, or sbatch --array=7,12, completes the sweep. A shard
# of another sweep (other options, scenario or version) is an error, and stays unchanged. BULLY_SIM names the program if
# it isn't in the PATH.
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
# 1: done, but a run has a violation, which `merge` shows.
[ "$code" -eq 1 ] || exit "$code"
