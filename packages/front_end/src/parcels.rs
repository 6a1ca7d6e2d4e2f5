//! The queries about parcels.

use taizhou_corridor::crs::Crs;
use taizhou_corridor::plan::{Level, Plan};
use taizhou_corridor::query::overlay::{OverlayColumn, Overlayer, RowOverlayer};
use taizhou_corridor::run::ParcelColumns;
use taizhou_corridor::units::{AreaUnit, Metres, SquareMetres};

use crate::{OptionProblem, Options};

/// How parcels are overlaid, and which of their columns have a meaning.
#[derive(Debug, Clone)]
pub struct ParcelChoice {
    /// The columns of the answer.
    pub columns: Vec<OverlayColumn>,
    /// Whether the parts are the geometries of the answer.
    pub as_pieces: bool,
    /// Whether invalid polygons are repaired.
    pub is_repaired: bool,
    /// The columns of the table that have a meaning.
    pub parcel_columns: ParcelColumns,
    level: Level,
    is_wide: bool,
    min_area: SquareMetres,
    min_share: f64,
    sliver_width: Option<Metres>,
}

impl ParcelChoice {
    /// Takes the options.
    pub fn take(options: &mut Options) -> Result<ParcelChoice, OptionProblem> {
        const UNITS: [(&str, AreaUnit); 4] = [
            ("m2", AreaUnit::SquareMetres),
            ("ha", AreaUnit::Hectares),
            ("mu", AreaUnit::Mu),
            ("km2", AreaUnit::SquareKilometres),
        ];
        let usual = ParcelColumns::default();
        let parcel_columns = ParcelColumns {
            label: options.text("label")?,
            class: options.text("sum-by")?,
            stated_area: options.text("stated-area")?,
            stated_unit: options.one_of("stated-unit", &UNITS, |(name, _)| name)?.map(|(_, unit)| unit),
            tolerance_ppm: options.amount("area-tolerance")?.unwrap_or(usual.tolerance_ppm),
        };
        let is_wide = options.flag("wide")?;
        let columns = match options.some_of("columns", &OverlayColumn::ALL, OverlayColumn::as_str)? {
            none if none.is_empty() => OverlayColumn::of_answer(is_wide, parcel_columns.stated_area.is_some()),
            chosen => chosen,
        };
        Ok(ParcelChoice {
            columns,
            as_pieces: options.flag("pieces")?,
            is_repaired: options.flag("repair")?,
            parcel_columns,
            level: options.level("level")?.unwrap_or(Level::Zone),
            is_wide,
            min_area: SquareMetres(options.amount("min-area")?.unwrap_or_default()),
            min_share: options.amount("min-share")?.unwrap_or_default(),
            sliver_width: options.amount("sliver-width")?.map(Metres),
        })
    }

    /// The query for a table in a system, whose column of stated areas is given.
    pub fn overlayer<'p>(&self, plan: &'p Plan, crs: &Crs, stated: Option<(usize, AreaUnit)>) -> RowOverlayer<'p> {
        let overlayer = Overlayer::new(plan).at_level(self.level).with_uncertainty(crs.shift_accuracy());
        let mut overlayer = RowOverlayer::new(overlayer, &self.columns).without_slivers(self.min_area, self.min_share);
        if self.is_wide {
            overlayer = overlayer.wide();
        }
        if self.as_pieces {
            overlayer = overlayer.as_pieces();
        }
        if let Some(width) = self.sliver_width {
            overlayer = overlayer.with_sliver_width(width);
        }
        if self.is_repaired {
            overlayer = overlayer.repairing();
        }
        match stated {
            Some((column, unit)) => overlayer.with_stated_area(column, unit),
            None => overlayer,
        }
    }
}
