//! Features by their ids and names.

use crate::error::{Error, ErrorKind, Result};
use crate::plan::{Feature, FeatureId, Plan};

impl Plan {
    /// The [`FeatureId`] of the feature with this `id` property. Errors with the list of known ids if there is no such
    /// feature.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// let rail = plan.id_of("high-speed-rail-district")?;
    /// assert_eq!(plan[rail].parent, Some(plan.id_of("core")?));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn id_of(&self, id: &str) -> Result<FeatureId> {
        self.position(|feature| feature.id == id).ok_or_else(|| {
            let known = self.features.iter().map(|feature| feature.id.clone()).collect();
            Error::new(ErrorKind::UnknownId { id: id.to_owned(), known })
        })
    }

    /// The id of a feature by its `id` property, or else by its Chinese or English name. Errors with the list of known
    /// ids if there is no such feature.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// assert_eq!(plan.find("中央创新核")?, plan.id_of("core")?);
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn find(&self, id_or_name: &str) -> Result<FeatureId> {
        let is_named = |feature: &Feature| feature.name == id_or_name || feature.name_en.as_deref() == Some(id_or_name);
        self.id_of(id_or_name).or_else(|unknown| self.position(is_named).ok_or(unknown))
    }

    fn position(&self, is_wanted: impl Fn(&Feature) -> bool) -> Option<FeatureId> {
        self.features.iter().position(is_wanted).map(FeatureId::new)
    }

    /// The id of the feature with this `id` property or name, or else of the only one whose id, Chinese or English name
    /// contains the text, in any case.
    ///
    /// # Errors
    /// [`ErrorKind::AmbiguousId`] with the ids of all that contain it; [`ErrorKind::UnknownId`] with all ids if none
    /// does.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// assert_eq!(plan.find_by_part("椒江")?, plan.id_of("jiaojiang")?);
    /// assert_eq!(plan.find_by_part("VALLEY").unwrap_err().to_string(),
    ///     "`VALLEY` matches several features: `jiaojiang`, `zheli-optics-valley`");
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn find_by_part(&self, text: &str) -> Result<FeatureId> {
        let unknown = match self.find(text) {
            Err(unknown) if !text.trim().is_empty() => unknown,
            found => return found,
        };
        let part = text.trim().to_lowercase();
        let names = |zone: &Feature| {
            [Some(&zone.id), Some(&zone.name), zone.name_en.as_ref()].map(|name| name.map(|name| name.to_lowercase()))
        };
        let places = |is_match: &dyn Fn(&String) -> bool| -> Vec<FeatureId> {
            let is_found = |zone: &Feature| names(zone).iter().flatten().any(is_match);
            self.features
                .iter()
                .enumerate()
                .filter(|(_, feature)| is_found(feature))
                .map(|(index, _)| FeatureId::new(index))
                .collect()
        };
        let mut found = places(&|name| *name == part);
        if found.is_empty() {
            found = places(&|name| name.contains(&part));
        }
        match found.as_slice() {
            [] => Err(unknown),
            &[only] => Ok(only),
            several => {
                let candidates = several.iter().map(|&feature| self[feature].id.clone()).collect();
                Err(Error::new(ErrorKind::AmbiguousId { text: text.to_owned(), candidates }))
            }
        }
    }

    /// The feature with this `id` property. Errors with the list of known ids if there is no such feature.
    ///
    /// ```
    /// use taizhou_corridor::plan::Plan;
    ///
    /// let plan = Plan::bundled();
    /// assert_eq!(plan.feature("jiaojiang")?.name_en.as_deref(), Some("Jiaojiang Sci-Tech Valley"));
    /// assert!(plan.feature("Jiaojiang").unwrap_err().to_string().contains("`jiaojiang`"));
    /// # Ok::<(), taizhou_corridor::Error>(())
    /// ```
    pub fn feature(&self, id: &str) -> Result<&Feature> {
        self.id_of(id).map(|id| &self[id])
    }
}
