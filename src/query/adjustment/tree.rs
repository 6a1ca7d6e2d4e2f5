//! What is part of what, and the adjustment from the whole to the parts.

use std::collections::HashMap;

use crate::error::{AdjustmentProblem, Result};
use crate::geometry::clip::NOISE;
use crate::plan::{FeatureId, Plan};
use crate::query::adjustment::controls::{ControlOf, TOTAL};
use crate::query::adjustment::{AdjustedArea, Controls, Member, difference_ppm, distribute, failed};
use crate::query::areas::class_of;
use crate::units::SquareDecimetres;

/// The areas, each after what it is a part of.
pub(super) struct Tree<'p> {
    plan: &'p Plan,
    nodes: Vec<AdjustedArea>,
    parts: Vec<Vec<usize>>,
    tolerance_ppm: f64,
}

impl<'p> Tree<'p> {
    /// The tree of the features with these computed areas, in plan order.
    pub(super) fn new(
        plan: &'p Plan,
        computed: Vec<SquareDecimetres>,
        by: Option<&str>,
        tolerance_ppm: f64,
    ) -> Result<Tree<'p>> {
        let mut tree = Tree { plan, nodes: vec![], parts: vec![], tolerance_ppm };
        if plan.is_flat() {
            tree.add_flat(&computed, by);
        } else {
            let mut parts_of: Vec<Vec<FeatureId>> = vec![vec![]; computed.len()];
            let mut roots = vec![];
            for (id, feature) in plan.iter() {
                match feature.parent {
                    Some(parent) => parts_of[parent.index()].push(id),
                    None => roots.push(id),
                }
            }
            for root in roots {
                tree.add_feature(root, None, &computed, &parts_of)?;
            }
        }
        // From the parts to the whole: all that has parts has their sum.
        for index in (0..tree.nodes.len()).rev().filter(|&index| !tree.parts[index].is_empty()) {
            tree.nodes[index].computed = sum(tree.parts[index].iter().map(|&part| tree.nodes[part].computed));
        }
        Ok(tree)
    }

    fn add_flat(&mut self, computed: &[SquareDecimetres], by: Option<&str>) {
        let plan = self.plan;
        let total = self.add(Member::Total, None, SquareDecimetres(0));
        let Some(by) = by else {
            for (id, &area) in plan.ids().zip(computed) {
                self.add(Member::Feature(id), Some(total), area);
            }
            return;
        };
        let mut group_of_class: HashMap<String, usize> = HashMap::new();
        let mut groups: Vec<(String, Vec<FeatureId>)> = vec![];
        for (id, feature) in plan.iter() {
            let class = class_of(feature, by);
            let index = *group_of_class.entry(class.clone()).or_insert_with(|| {
                groups.push((class, vec![]));
                groups.len() - 1
            });
            groups[index].1.push(id);
        }
        for (class, members) in groups {
            let group = self.add(Member::Group(class), Some(total), SquareDecimetres(0));
            for id in members {
                self.add(Member::Feature(id), Some(group), computed[id.index()]);
            }
        }
    }

    /// Adds a feature with all that is in it.
    fn add_feature(
        &mut self,
        id: FeatureId,
        parent: Option<usize>,
        computed: &[SquareDecimetres],
        parts_of: &[Vec<FeatureId>],
    ) -> Result<()> {
        let own = computed[id.index()];
        let index = self.add(Member::Feature(id), parent, own);
        let parts = &parts_of[id.index()];
        for &part in parts {
            self.add_feature(part, Some(index), computed, parts_of)?;
        }
        if parts.is_empty() {
            return Ok(());
        }
        let of_parts = sum(parts.iter().map(|part| computed[part.index()]));
        let rest = own.0 - of_parts.0;
        let noise = SquareDecimetres::nearest(NOISE).0;
        if rest > noise {
            self.add(Member::Rest(id), Some(index), SquareDecimetres(rest));
        } else if rest < -noise && !self.is_tolerated(of_parts, own) {
            let of = self.name(index);
            let problem = AdjustmentProblem::Overlap { of, parts_dm2: of_parts.0, whole_dm2: own.0 };
            return Err(failed(problem));
        }
        Ok(())
    }

    fn add(&mut self, member: Member, parent: Option<usize>, computed: SquareDecimetres) -> usize {
        let index = self.nodes.len();
        let depth = parent.map_or(0, |parent| self.nodes[parent].depth + 1);
        self.nodes.push(AdjustedArea { member, depth, parent, computed, adjusted: computed, control: None });
        self.parts.push(vec![]);
        if let Some(parent) = parent {
            self.parts[parent].push(index);
        }
        index
    }

    /// The id of a feature, or the name of a group.
    fn name(&self, index: usize) -> String {
        match &self.nodes[index].member {
            Member::Total => TOTAL.to_owned(),
            Member::Group(name) => name.clone(),
            Member::Feature(id) | Member::Rest(id) => self.plan[*id].id.clone(),
        }
    }

    /// Gives control areas to what they are of.
    pub(super) fn set_controls(&mut self, controls: &Controls) -> Result<()> {
        let mut features: HashMap<&str, usize> = HashMap::new();
        let mut groups: HashMap<&str, usize> = HashMap::new();
        for (index, node) in self.nodes.iter().enumerate() {
            match &node.member {
                Member::Feature(id) => drop(features.insert(self.plan[*id].id.as_str(), index)),
                Member::Group(name) => drop(groups.insert(name, index)),
                Member::Total | Member::Rest(_) => {}
            }
        }
        // Several features without a corridor have no whole.
        let total = (self.nodes.iter().filter(|node| node.depth == 0).count() == 1).then_some(0);
        let found: Vec<Option<usize>> = controls
            .areas
            .iter()
            .map(|(of, _)| match of {
                ControlOf::Total => total,
                ControlOf::Group(name) => groups.get(name.as_str()).copied(),
                ControlOf::Feature(id) => features.get(id.as_str()).copied().or(if id == TOTAL { total } else { None }),
            })
            .collect();
        for ((of, area), index) in controls.areas.iter().zip(found) {
            let Some(index) = index else {
                return Err(failed(AdjustmentProblem::NoMember { of: of.name().to_owned(), known: self.known(of) }));
            };
            match self.nodes[index].control.replace(*area) {
                Some(first) if first != *area => {
                    let (of, first_dm2, second_dm2) = (of.name().to_owned(), first.0, area.0);
                    return Err(failed(AdjustmentProblem::TwoControls { of, first_dm2, second_dm2 }));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The first names of what control areas could be of.
    fn known(&self, of: &ControlOf) -> Vec<String> {
        const SHOWN: usize = 12;
        let is_alike = |node: &AdjustedArea| match of {
            ControlOf::Group(_) => matches!(node.member, Member::Group(_)),
            _ => matches!(node.member, Member::Feature(_)),
        };
        (0..self.nodes.len())
            .filter(|&index| is_alike(&self.nodes[index]))
            .take(SHOWN)
            .map(|at| self.name(at))
            .collect()
    }

    /// What has no control area: neither its own, nor one of what it is in, nor those of all its parts.
    pub(super) fn without_control(&self) -> Vec<String> {
        let is_fixed = self.fixed();
        let has_control = |index: usize| {
            is_fixed[index].is_some()
                || std::iter::successors(self.nodes[index].parent, |&parent| self.nodes[parent].parent)
                    .any(|parent| self.nodes[parent].control.is_some())
        };
        let is_named = |index: &usize| {
            matches!(self.nodes[*index].member, Member::Feature(_) | Member::Group(_)) && self.parts[*index].is_empty()
        };
        (0..self.nodes.len())
            .filter(is_named)
            .filter(|&index| !has_control(index))
            .map(|index| self.name(index))
            .collect()
    }

    /// The area that control areas fix: its own, or those of all its parts.
    fn fixed(&self) -> Vec<Option<SquareDecimetres>> {
        let mut fixed: Vec<Option<SquareDecimetres>> = vec![None; self.nodes.len()];
        for index in (0..self.nodes.len()).rev() {
            let parts = &self.parts[index];
            let are_fixed = !parts.is_empty() && parts.iter().all(|&part| fixed[part].is_some());
            let of_parts = are_fixed.then(|| sum(parts.iter().filter_map(|&part| fixed[part])));
            fixed[index] = self.nodes[index].control.or(of_parts);
        }
        fixed
    }

    /// Adjusts all areas, from the whole to the parts.
    pub(super) fn settled(mut self) -> Result<Vec<AdjustedArea>> {
        let fixed = self.fixed();
        // What each is given by the control areas above it.
        let mut given: Vec<Option<SquareDecimetres>> = vec![None; self.nodes.len()];
        for index in 0..self.nodes.len() {
            if let Some(control) = self.nodes[index].control {
                self.check(index, control)?;
            }
            let target = fixed[index].or(given[index]);
            self.nodes[index].adjusted = target.unwrap_or(self.nodes[index].computed);
            if let Some(target) = target {
                self.divide(index, target, &fixed, &mut given)?;
            }
        }
        // Without a control area above, it is the sum of the parts.
        for index in (0..self.nodes.len()).rev().filter(|&index| fixed[index].or(given[index]).is_none()) {
            if !self.parts[index].is_empty() {
                self.nodes[index].adjusted = sum(self.parts[index].iter().map(|&part| self.nodes[part].adjusted));
            }
        }
        Ok(self.nodes)
    }

    /// Divides the area of a whole among its parts: those with control areas have theirs, the others share the rest.
    fn divide(
        &self,
        index: usize,
        target: SquareDecimetres,
        fixed: &[Option<SquareDecimetres>],
        given: &mut [Option<SquareDecimetres>],
    ) -> Result<()> {
        let parts = &self.parts[index];
        if parts.is_empty() {
            return Ok(());
        }
        let free: Vec<usize> = parts.iter().copied().filter(|&part| fixed[part].is_none()).collect();
        let of_fixed = sum(parts.iter().filter_map(|&part| fixed[part]));
        if free.is_empty() {
            if of_fixed != target {
                let (of, control_dm2, parts_dm2) = (self.name(index), target.0, of_fixed.0);
                return Err(failed(AdjustmentProblem::Contradiction { of, control_dm2, parts_dm2 }));
            }
            return Ok(());
        }
        let areas: Vec<SquareDecimetres> = free.iter().map(|&part| self.nodes[part].computed).collect();
        let (left, computed) = (SquareDecimetres(target.0 - of_fixed.0), sum(areas.iter().copied()));
        let shares = distribute(left, &areas).filter(|_| self.is_tolerated(computed, left));
        let Some(shares) = shares else {
            let (of, tolerance_ppm) = (self.name(index), self.tolerance_ppm);
            let (computed_dm2, left_dm2) = (computed.0, left.0);
            return Err(failed(AdjustmentProblem::RestOutOfTolerance { of, computed_dm2, left_dm2, tolerance_ppm }));
        };
        for (part, share) in free.into_iter().zip(shares) {
            given[part] = Some(share);
        }
        Ok(())
    }

    /// Errors if the computed area of a feature or group is not within the tolerance of its control area.
    fn check(&self, index: usize, control: SquareDecimetres) -> Result<()> {
        let computed = self.nodes[index].computed;
        if self.is_tolerated(computed, control) {
            return Ok(());
        }
        Err(failed(AdjustmentProblem::OutOfTolerance {
            of: self.name(index),
            computed_dm2: computed.0,
            control_dm2: control.0,
            difference_ppm: difference_ppm(computed, control),
            tolerance_ppm: self.tolerance_ppm,
        }))
    }

    fn is_tolerated(&self, computed: SquareDecimetres, control: SquareDecimetres) -> bool {
        computed == control || difference_ppm(computed, control).abs() <= self.tolerance_ppm
    }
}

/// The sum; that of many features as large as the Earth is the largest area that there is.
fn sum(areas: impl Iterator<Item = SquareDecimetres>) -> SquareDecimetres {
    SquareDecimetres(areas.fold(0, |sum, area| sum.saturating_add(area.0)))
}
