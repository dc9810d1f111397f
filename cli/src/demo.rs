//! `pierglass demo`.
#[derive(clap::Args)]
pub(crate) struct Args {}
pub(crate) fn run(_args: &Args) -> std::process::ExitCode {
    crate::exit::Exit::Failed.into()
}
