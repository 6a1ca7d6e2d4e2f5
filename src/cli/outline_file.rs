//! Reading a plan or polygon layer of the user, with the messages about it: shared by the commands that do.

use clap::Args;

use crate::cli::args;
use crate::cli::datum_shift::datum_shift;
use crate::cli::ui::Ui;
use crate::crs::{Crs, DatumShift};
use crate::error::Result;
use crate::io::{Input, InputEncoding, ReadOptions};
use crate::plan::OutlineOptions;
use crate::plan_io::{self, OutlineRead};

/// Arguments about the file of commands that work on an outline itself.
#[derive(Args)]
pub(super) struct OutlineFileArgs {
    /// Coordinate system of the file; by default what it declares, else WGS84
    #[arg(long, value_name = "CRS", value_parser = args::crs, requires = "file")]
    crs: Option<Crs>,
    /// Coordinate system of the file, overriding what it declares: for files with a wrong declaration
    #[arg(long, value_name = "CRS", value_parser = args::crs, requires = "file", conflicts_with = "crs")]
    override_crs: Option<Crs>,
    /// Your own 4 or 7 parameters from Beijing 54, Xi'an 80 or a local system to CGCS2000, in a TOML file
    #[arg(long, value_name = "FILE", value_parser = datum_shift, requires = "file")]
    datum_shift: Option<DatumShift>,
    /// Text encoding of the file (WHATWG label): utf-8, gb18030, big5, utf-16le; by default detected
    #[arg(long, value_name = "ENCODING", value_parser = args::input_encoding, requires = "file")]
    input_encoding: Option<InputEncoding>,
    /// Layer of a file with several layers
    #[arg(long, value_name = "NAME", requires = "file")]
    layer: Option<String>,
}

impl OutlineFileArgs {
    /// How the file is read.
    pub(super) fn options(&self) -> ReadOptions {
        ReadOptions {
            crs: self.crs.clone(),
            override_crs: self.override_crs.clone(),
            datum_shift: self.datum_shift.clone(),
            encoding: self.input_encoding,
            layer: self.layer.clone(),
            prefers_wkt: true,
            ..ReadOptions::default()
        }
    }

    /// Reads the file.
    pub(super) fn read(&self, input: Input, options: &OutlineOptions, ui: &Ui) -> Result<OutlineRead> {
        read_outline(input, self.options(), options, "--crs", ui)
    }
}

/// Reads an outline; `crs_option` is the option that names its coordinate system.
pub(super) fn read_outline(
    input: Input,
    mut read: ReadOptions,
    options: &OutlineOptions,
    crs_option: &str,
    ui: &Ui,
) -> Result<OutlineRead> {
    let (name, texts) = (input.name().to_owned(), ui.texts());
    read.prefers_wkt = true;
    read.strict_crs = ui.is_strict_crs();
    if let Some(crs) = &read.override_crs {
        ui.info(&texts.overridden_crs(&name, None, crs));
    }
    let outline = plan_io::read_outline(input, &read, options)?;
    if let Some(shift) = &read.datum_shift {
        ui.verbose(&texts.shifted_by(&name, shift));
    }
    ui.report(texts.of_notes(&name, &outline.notes, crs_option));
    Ok(outline)
}
