//! The functions in a session, and queries that are answered batch by batch.

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use datafusion::common::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::ScalarUDF;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt;
use tokio::runtime::{Builder, Runtime};

use crate::engine::parcels::OverlayFunction;
use crate::engine::plans::{PlanId, PlanRef, Prepared};
use crate::engine::points::PointFunction;
use crate::error::{Error, ErrorKind, Result};
use crate::plan::Plan;

/// The functions of a plan.
pub(super) fn functions(plan: PlanRef) -> impl Iterator<Item = ScalarUDF> {
    let points = PointFunction::all(plan).map(ScalarUDF::new_from_impl);
    points.chain([ScalarUDF::new_from_impl(OverlayFunction::new(plan))])
}

/// Makes the functions of a plan known in a session; those of another plan are replaced. The plan is prepared
/// once in a process, and stays.
///
/// ```
/// use datafusion::prelude::SessionContext;
/// use taizhou_corridor::engine;
/// use taizhou_corridor::plan::Plan;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let context = SessionContext::new();
/// engine::register(&context, Plan::bundled());
/// let zone = context.sql("SELECT corridor_zone(121.36898, 28.65590) AS zone").await?.to_string().await?;
/// assert!(zone.contains("| core |"));
/// # Ok::<(), datafusion::error::DataFusionError>(())
/// # }).unwrap();
/// ```
pub fn register(context: &SessionContext, plan: Plan) -> PlanId {
    let plan = Prepared::of(plan);
    functions(plan).for_each(|function| context.register_udf(function));
    plan.id
}

/// A session that knows the functions of a plan, and files by their names: `SELECT … FROM 'points/*.parquet'`.
/// It divides work into so many partitions.
pub fn session(plan: Plan, partitions: usize) -> SessionContext {
    let config = SessionConfig::new().with_target_partitions(partitions.max(1));
    let context = SessionContext::new_with_config(config).enable_url_table();
    register(&context, plan);
    context
}

/// A query that is being answered.
///
/// ```
/// use taizhou_corridor::engine::Query;
/// use taizhou_corridor::plan::Plan;
///
/// let mut query = Query::new("SELECT corridor_path(121.36898, 28.65590) AS path", Plan::bundled(), 2)?;
/// assert_eq!(query.schema().field(0).name(), "path");
/// assert_eq!(query.next_batch()?.unwrap().num_rows(), 1);
/// # Ok::<(), taizhou_corridor::Error>(())
/// ```
pub struct Query {
    schema: SchemaRef,
    stream: SendableRecordBatchStream,
    runtime: Runtime,
}

impl Query {
    /// Plans a query in SQL about files, and begins to answer it. It reads alone: what would write, or change the
    /// session, is refused, as is what is no SQL, or names what is not there ([`ErrorKind::Query`]).
    pub fn new(sql: &str, plan: Plan, partitions: usize) -> Result<Query> {
        // Expressions that are deep are planned by recursion.
        const STACK_BYTES: usize = 16 << 20;
        let runtime = Builder::new_multi_thread()
            .worker_threads(partitions.max(1))
            .thread_stack_size(STACK_BYTES)
            .enable_all()
            .build()
            .map_err(|error| Error::new(ErrorKind::Engine(error.to_string())))?;
        let context = session(plan, partitions);
        let sql = sql.to_owned();
        // Not in the thread of the caller, whose stack may be small.
        let planned = runtime.spawn(async move {
            let reads_alone =
                SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
            context.sql_with_options(&sql, reads_alone).await?.execute_stream().await
        });
        let planned = runtime.block_on(planned).map_err(|error| Error::new(ErrorKind::Engine(error.to_string())))?;
        let stream = planned.map_err(|error| failed(&error))?;
        Ok(Query { schema: stream.schema(), stream, runtime })
    }

    /// The columns of the answer.
    pub fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// The next rows; none behind the last.
    pub fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        let next = self.runtime.block_on(self.stream.next());
        next.transpose().map_err(|error| failed(&error))
    }
}

/// An error of the engine: of the query, or of what it reads.
fn failed(error: &DataFusionError) -> Error {
    let text = error.strip_backtrace();
    let is_of_query = matches!(
        error.find_root(),
        DataFusionError::SQL(..)
            | DataFusionError::Plan(_)
            | DataFusionError::SchemaError(..)
            | DataFusionError::NotImplemented(_)
            | DataFusionError::Configuration(_)
    );
    Error::new(if is_of_query { ErrorKind::Query(text) } else { ErrorKind::Engine(text) })
}
