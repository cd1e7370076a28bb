"""The verbs, gathered."""

import typer

from stackgap.cli import (
    bench,
    compare,
    crossovers,
    doctor,
    guide,
    images,
    keep,
    listing,
    load,
    probe,
    report,
    run,
    selftest,
    serve,
    sizes,
    verify,
    workshop,
)

app = typer.Typer(
    name="stackgap",
    help="Where does the gap between a FastAPI and an Axum service come from? "
    "Measured on this machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("run")(run.run)
app.command("sizes")(sizes.sizes)
app.add_typer(probe.app, name="probe")
app.command("report")(report.report)
app.command("guide")(guide.guide)
app.command("compare")(compare.compare)
app.command("keep")(keep.keep)
app.command("crossovers")(crossovers.crossovers)
app.command("list")(listing.list_)
app.command("serve")(serve.serve)
app.command("load")(load.load_)
app.command("verify")(verify.verify)
app.command("bench")(bench.bench)
app.add_typer(images.app, name="images")
app.command("doctor")(doctor.doctor)
app.add_typer(workshop.app, name="workshop")
app.command("selftest")(selftest.selftest)
