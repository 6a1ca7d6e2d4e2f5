//! What the published plan states about each feature, in Chinese and English.

use std::collections::HashMap;

use serde::Deserialize;

/// A text in both languages.
///
/// ```
/// use taizhou_corridor::plan::Plan;
///
/// let facts = Plan::bundled().facts().unwrap();
/// let role = &facts.features["core"].roles[1];
/// assert_eq!((role.zh.as_str(), role.en.as_str()), ("创新孵化", "Incubation"));
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A target of the plan for a given year.
///
/// ```
/// use taizhou_corridor::plan::Plan;
///
/// let facts = Plan::bundled().facts().unwrap();
/// let years: Vec<u32> = facts.features["corridor"].targets.iter().map(|target| target.year).collect();
/// assert_eq!(years, [2026, 2035]);
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The year.
    pub year: u32,
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// The statements of the published plan.
///
/// ```
/// use taizhou_corridor::plan::Plan;
///
/// let facts = Plan::bundled().facts().unwrap();
/// assert_eq!(facts.plan, "台州湾科创走廊发展规划");
/// assert!(facts.sources[0].en.ends_with("14 November 2022"));
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The Chinese title of the plan, equal to the property `plan` of its root feature.
    pub plan: String,
    /// The functional clusters.
    pub clusters: Clusters,
    /// The source documents.
    pub sources: Vec<Text>,
    /// The source of the bundled outlines; does not apply to a user's own plan.
    pub outline: Text,
    /// Facts by feature id.
    pub features: HashMap<String, FeatureFacts>,
}

/// The functional clusters (功能组团).
///
/// ```
/// use taizhou_corridor::plan::Plan;
///
/// let clusters = Plan::bundled().facts().unwrap().clusters;
/// assert_eq!((clusters.published, clusters.named.len()), (14, 9));
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clusters {
    /// The number of clusters that the plan announces.
    pub published: u32,
    /// The ids of the clusters that it names.
    pub named: Vec<String>,
}

/// The statements of the published plan about one feature.
///
/// ```
/// use taizhou_corridor::plan::Plan;
///
/// let facts = Plan::bundled().facts().unwrap();
/// let luqiao = &facts.features["luqiao"];
/// assert_eq!(luqiao.focus[0].en, "industrial software");
/// // The areas of the three zones are not published; the notes state the assumptions.
/// assert!(luqiao.notes.iter().any(|note| note.en.contains("16 km²")));
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureFacts {
    /// A summary.
    pub summary: Text,
    /// Its designated roles (定位).
    #[serde(default)]
    pub roles: Vec<Text>,
    /// Its industries.
    #[serde(default)]
    pub focus: Vec<Text>,
    /// Named projects.
    #[serde(default)]
    pub projects: Vec<Text>,
    /// Targets by year.
    #[serde(default)]
    pub targets: Vec<Target>,
    /// Measures to reach them.
    #[serde(default)]
    pub measures: Vec<Text>,
    /// Named research platforms.
    #[serde(default)]
    pub platforms: Vec<Text>,
    /// The development phases of the clusters.
    #[serde(default)]
    pub phases: Vec<Text>,
    /// Figures that are not published, and the assumptions made instead.
    #[serde(default)]
    pub notes: Vec<Text>,
}
