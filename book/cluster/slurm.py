"""Keep a Dask cluster in Slurm's queue until Ctrl-C: ``python book/cluster/slurm.py --jobs 10 --cores 8``."""

import signal

import click
from dask_jobqueue import SLURMCluster


@click.command()
@click.option("--jobs", default=4, help="How many jobs.")
@click.option("--cores", default=8, help="Cores of each, with one worker a core.")
@click.option("--memory", default="32GiB", help="Memory of each, shared out among its workers.")
@click.option("--walltime", default="02:00:00", help="When Slurm ends each.")
@click.option("--directive", multiple=True, help="A further line for the job's head: --directive --partition=short.")
@click.option("--show", is_flag=True, help="Print the job's script instead.")
def main(jobs: int, cores: int, memory: str, walltime: str, directive: tuple[str, ...], show: bool) -> None:
    """Queue the jobs, and print what to do with their scheduler."""
    cluster = SLURMCluster(
        cores=cores, processes=cores, memory=memory, walltime=walltime, job_extra_directives=list(directive)
    )
    if show:
        click.echo(cluster.job_script())
        return
    cluster.scale(jobs=jobs)
    click.echo("Waiting for the first job to start ...")
    cluster.get_client().wait_for_workers(1)
    click.echo(f"make book SCHEDULER={cluster.scheduler_address}")
    signal.pause()


if __name__ == "__main__":
    main()
