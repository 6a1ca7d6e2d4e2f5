//! Opening a table of any format: unpacked, and its format recognised.

pub(in crate::io) mod recognise;
pub(in crate::io) mod unpack;

use std::io::Read;

use crate::error::{Error, ErrorKind, Result};
use crate::io::bytes::errors::read_error;
use crate::io::bytes::input::Input;
use crate::io::open::recognise::{check_format, guess_format};
use crate::io::open::unpack::{Unpacked, unpack};
use crate::io::rows::format::ReadOptions;
use crate::io::rows::read::{Opened, Rows, rows_of};

/// Opens a table of sites. Fails where it cannot be read, is empty, or has no coordinate columns.
///
/// What is packed in a `.gz` or a `.zip` file is read as what it is: a table, or the files of a shapefile.
///
/// All columns are known from the start: GeoJSON is read through once for that before its rows are
/// read (from a temporary copy where it comes from a pipe).
///
/// ```
/// use taizhou_corridor::error::{CoordinateAxis, ErrorKind};
/// use taizhou_corridor::io::{self, Input, ReadOptions};
///
/// let open = |csv: &str| io::open(Input::bytes("sites.csv", csv), &ReadOptions::default());
/// assert!(open("Lng,Lat\n121.36898,28.65590\n").is_ok());
/// let error = open("lon,lng,lat\n121.3,121.4,28.6\n").err().unwrap();
/// assert!(matches!(error.kind(), ErrorKind::AmbiguousColumns { axis: CoordinateAxis::Longitude, .. }));
/// assert_eq!(error.location().file.as_deref(), Some("sites.csv"));
/// ```
pub fn open(input: Input, options: &ReadOptions) -> Result<Rows> {
    rows_of(Opened::new(input, options)?, options)
}

impl Opened {
    /// Opens an input. Fails where it cannot be, or is of no format that is read.
    pub(crate) fn new(input: Input, options: &ReadOptions) -> Result<Opened> {
        let file = input.name().to_owned();
        let open = || {
            let mut source = input.open()?;
            // Before it is unpacked: other archives are at times called .zip.
            if options.format.is_none() {
                check_format(&mut source, options.encoding)?;
            }
            let Unpacked { mut source, is_layer_taken, format } = unpack(source, options)?;
            let format = match options.format {
                Some(format) => format,
                None => {
                    check_format(&mut source, options.encoding)?;
                    format.map_or_else(|| guess_format(&mut source, options.encoding), Ok)?
                }
            };
            if options.encoding.is_some() && !format.is_text() {
                let format = format.to_string();
                return Err(Error::new(ErrorKind::OptionMismatch { option: "--input-encoding", format }));
            }
            Ok(Opened { file: file.clone(), source, format, is_layer_taken })
        };
        open().map_err(|error| error.in_file(file.clone()))
    }
}

impl Input {
    /// All bytes; of a `.gz` or `.zip` file those that are packed in it.
    ///
    /// ```
    /// use taizhou_corridor::io::Input;
    /// use taizhou_corridor::plan::{PLAN_GEOJSON, Plan};
    ///
    /// let plan = Plan::from_geojson(&Input::reader("-", PLAN_GEOJSON.as_bytes()).read_all()?)?;
    /// assert_eq!(plan.features().len(), 16);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn read_all(self) -> Result<Vec<u8>> {
        let name = self.name().to_owned();
        let read = || {
            let mut bytes = vec![];
            let Unpacked { source, .. } = unpack(self.open()?, &ReadOptions::default())?;
            { source.reader }.read_to_end(&mut bytes).map_err(read_error)?;
            Ok(bytes)
        };
        read().map_err(|error: Error| error.in_file(name))
    }
}
