//! Distributed queries: a scheduler and executors of Apache Ballista with the functions registered.
//!
//! In a distributed query, a function is encoded as its name and the [`PlanId`] of its plan, 64 digits. Each process
//! needs the plan itself: the bundled one is built in, others are loaded at start-up ([`register_plan`]). A process
//! without the plan rejects the query and reports the id. Another edition of the file has another id, so that answers
//! never come from the wrong plan.

use std::any::Any;
use std::sync::Arc;

use ballista_core::extension::{SessionConfigExt, SessionStateExt};
use ballista_core::serde::{BallistaLogicalExtensionCodec, BallistaPhysicalExtensionCodec};
use ballista_executor::executor_process::ExecutorProcessConfig;
use ballista_scheduler::config::SchedulerConfig;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::common::{Result, TableReference, plan_datafusion_err};
use datafusion::datasource::file_format::FileFormatFactory;
use datafusion::execution::{SessionStateBuilder, TaskContext};
use datafusion::logical_expr::{Extension, LogicalPlan, ScalarUDF};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};

use crate::engine::parcels::OverlayFunction;
use crate::engine::plans::{PlanId, Prepared};
use crate::engine::points::PointFunction;
use crate::engine::register;
use crate::engine::session::{functions, with_text_options};
use crate::plan::Plan;

/// Registers a plan in this process for distributed queries. The bundled plan is always registered.
pub fn register_plan(plan: Plan) -> PlanId {
    Prepared::of(plan).id
}

/// The configuration of a scheduler with the functions registered: for
/// [`start_server`](ballista_scheduler::scheduler_process::start_server).
pub fn scheduler_config() -> SchedulerConfig {
    register_plan(Plan::bundled());
    SchedulerConfig {
        override_logical_codec: Some(Arc::new(LogicalCodec::default())),
        override_physical_codec: Some(Arc::new(PhysicalCodec::default())),
        ..SchedulerConfig::default()
    }
}

/// The configuration of an executor with the functions registered: for
/// [`start_executor_process`](ballista_executor::executor_process::start_executor_process).
pub fn executor_config() -> ExecutorProcessConfig {
    register_plan(Plan::bundled());
    ExecutorProcessConfig {
        override_logical_codec: Some(Arc::new(LogicalCodec::default())),
        override_physical_codec: Some(Arc::new(PhysicalCodec::default())),
        ..ExecutorProcessConfig::default()
    }
}

/// A session whose queries run on the executors of a scheduler (`http://host:port`), with the functions of
/// a plan and with files as tables. Executors read the files themselves, so paths must be valid on each of them.
pub fn connect(scheduler_url: &str, plan: Plan, partitions: usize) -> Result<SessionContext> {
    let config = SessionConfig::new_with_ballista()
        .with_target_partitions(partitions.max(1))
        .with_ballista_logical_extension_codec(Arc::new(LogicalCodec::default()))
        .with_ballista_physical_extension_codec(Arc::new(PhysicalCodec::default()));
    let state = with_text_options(SessionStateBuilder::new().with_config(config).with_default_features()).build();
    let state = state.upgrade_for_ballista(scheduler_url.to_owned())?;
    let context = SessionContext::new_with_state(state).enable_url_table();
    register(&context, plan);
    Ok(context)
}

/// Encodes the plan of a function; returns whether it is a function of this crate.
fn encode(function: &ScalarUDF, bytes: &mut Vec<u8>) -> bool {
    let function = function.inner().as_ref() as &dyn Any;
    let point = function.downcast_ref().map(PointFunction::plan);
    let Some(plan) = point.or_else(|| function.downcast_ref().map(OverlayFunction::plan)) else { return false };
    bytes.extend_from_slice(plan.id.to_string().as_bytes());
    true
}

/// Decodes a function from its name and plan; `None` if it is not of this crate.
fn decode(name: &str, bytes: &[u8]) -> Option<Result<Arc<ScalarUDF>>> {
    let id: PlanId = name.starts_with("corridor_").then(|| std::str::from_utf8(bytes).ok()?.parse().ok()).flatten()?;
    let function = Prepared::known(id)
        .ok_or_else(|| {
            plan_datafusion_err!(
                "{name}: this process does not have the plan {id}; start it with the file of that plan"
            )
        })
        .and_then(|plan| {
            let function = functions(plan).find(|function| function.name() == name);
            function.map(Arc::new).ok_or_else(|| plan_datafusion_err!("there is no function {name}"))
        });
    Some(function)
}

/// Encodes functions in logical plans.
#[derive(Debug, Default)]
struct LogicalCodec(BallistaLogicalExtensionCodec);

impl LogicalExtensionCodec for LogicalCodec {
    fn try_decode(&self, bytes: &[u8], inputs: &[LogicalPlan], context: &TaskContext) -> Result<Extension> {
        self.0.try_decode(bytes, inputs, context)
    }

    fn try_encode(&self, node: &Extension, bytes: &mut Vec<u8>) -> Result<()> {
        self.0.try_encode(node, bytes)
    }

    fn try_decode_table_provider(
        &self,
        bytes: &[u8],
        table: &TableReference,
        schema: SchemaRef,
        context: &TaskContext,
    ) -> Result<Arc<dyn TableProvider>> {
        self.0.try_decode_table_provider(bytes, table, schema, context)
    }

    fn try_encode_table_provider(
        &self,
        table: &TableReference,
        provider: Arc<dyn TableProvider>,
        bytes: &mut Vec<u8>,
    ) -> Result<()> {
        self.0.try_encode_table_provider(table, provider, bytes)
    }

    fn try_decode_file_format(&self, bytes: &[u8], context: &TaskContext) -> Result<Arc<dyn FileFormatFactory>> {
        self.0.try_decode_file_format(bytes, context)
    }

    fn try_encode_file_format(&self, bytes: &mut Vec<u8>, format: Arc<dyn FileFormatFactory>) -> Result<()> {
        self.0.try_encode_file_format(bytes, format)
    }

    fn try_decode_udf(&self, name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
        decode(name, bytes).unwrap_or_else(|| self.0.try_decode_udf(name, bytes))
    }

    fn try_encode_udf(&self, function: &ScalarUDF, bytes: &mut Vec<u8>) -> Result<()> {
        if encode(function, bytes) { Ok(()) } else { self.0.try_encode_udf(function, bytes) }
    }
}

/// Encodes functions in physical plans.
#[derive(Debug, Default)]
struct PhysicalCodec(BallistaPhysicalExtensionCodec);

impl PhysicalExtensionCodec for PhysicalCodec {
    fn try_decode(
        &self,
        bytes: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        context: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.0.try_decode(bytes, inputs, context, converter)
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        bytes: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        self.0.try_encode(node, bytes, converter)
    }

    fn try_decode_udf(&self, name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
        decode(name, bytes).unwrap_or_else(|| self.0.try_decode_udf(name, bytes))
    }

    fn try_encode_udf(&self, function: &ScalarUDF, bytes: &mut Vec<u8>) -> Result<()> {
        if encode(function, bytes) { Ok(()) } else { self.0.try_encode_udf(function, bytes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::PLAN_GEOJSON;

    #[test]
    fn functions_are_encoded_by_name_and_plan() {
        let moved = PLAN_GEOJSON.replace("121.44,", "121.45,");
        for plan in [Plan::bundled(), Plan::from_geojson(moved.as_bytes()).unwrap()] {
            for function in functions(Prepared::of(plan)) {
                let mut bytes = vec![];
                PhysicalCodec::default().try_encode_udf(&function, &mut bytes).unwrap();
                let physical = PhysicalCodec::default().try_decode_udf(function.name(), &bytes).unwrap();
                let logical = LogicalCodec::default().try_decode_udf(function.name(), &bytes).unwrap();
                assert!(*physical == function && *logical == function, "{}", function.name());
            }
        }
    }

    #[test]
    fn an_unknown_plan_is_reported_with_its_id() {
        let id = "0".repeat(64);
        let error = PhysicalCodec::default().try_decode_udf("corridor_zone", id.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(&id), "{error}");
        assert!(PhysicalCodec::default().try_decode_udf("abs", b"").is_err());
    }
}
