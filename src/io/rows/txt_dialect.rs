//! The dialects of survey TXT, and how corners are numbered.

/// A dialect of survey TXT: the order of the fields in the lines of parcels and of their corners. Reading recognises it by
/// the shape of the lines, unless one is [given](crate::io::ReadOptions::txt_dialect).
///
/// ```
/// use taizhou_corridor::io::{self, Input, ReadOptions, TxtDialect};
///
/// let text = "[地块坐标]\nDK1,地块一,面,,@\nJ1,1,3171900,40633838\nJ2,1,3171900,40633938\nJ3,1,3172000,40633938\n";
/// let rows = io::open(Input::bytes("a.txt", text), &ReadOptions::default())?;
/// assert_eq!(rows.txt_dialect(), Some(TxtDialect::OneMap));
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum TxtDialect {
    /// 勘测定界 (报部坐标): `count,area,id,name,type,sheet,use,code,@`, corners `label,ring,northing,easting`.
    #[default]
    Survey,
    /// 国土空间规划一张图: `id,name,type,,@`.
    OneMap,
    /// 增减挂钩: the use in the eighth field, corners `label,northing,easting,,ring,`.
    Linkage,
    /// 报省部标 of Zhejiang: the code and name of the administrative area come before the id.
    Zhejiang,
    /// CASS (`.dat`): points instead of parcels, `name,code,easting,northing,height`, without a header.
    Cass,
}

impl TxtDialect {
    /// All dialects.
    pub const ALL: [TxtDialect; 5] =
        [TxtDialect::Survey, TxtDialect::OneMap, TxtDialect::Linkage, TxtDialect::Zhejiang, TxtDialect::Cass];

    /// Its name in options.
    pub fn as_str(self) -> &'static str {
        match self {
            TxtDialect::Survey => "survey",
            TxtDialect::OneMap => "one-map",
            TxtDialect::Linkage => "linkage",
            TxtDialect::Zhejiang => "zhejiang",
            TxtDialect::Cass => "cass",
        }
    }
}

/// How corners are numbered in survey TXT that is written: J1, J2 and so on.
///
/// ```
/// use taizhou_corridor::io::{Format, TxtNumbering, WriteOptions};
///
/// let options = WriteOptions { txt_numbering: TxtNumbering::Ring, ..WriteOptions::new(Format::SURVEY_TXT) };
/// assert_eq!(options.txt_numbering.as_str(), "ring");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum TxtNumbering {
    /// From 1 in each parcel, on through its rings.
    #[default]
    Parcel,
    /// From 1 in each ring.
    Ring,
    /// On through the file.
    File,
}

impl TxtNumbering {
    /// All of them.
    pub const ALL: [TxtNumbering; 3] = [TxtNumbering::Parcel, TxtNumbering::Ring, TxtNumbering::File];

    /// Its name in options.
    pub fn as_str(self) -> &'static str {
        match self {
            TxtNumbering::Parcel => "parcel",
            TxtNumbering::Ring => "ring",
            TxtNumbering::File => "file",
        }
    }
}
