//! The same query in one process and distributed: a scheduler and two executors on this machine.
//!
//! `cargo run --features ballista --example ballista_locate` starts them, runs a query over partitioned Parquet, and
//! compares the result with that of a single process; repeats this with a custom plan, and with one that the executors
//! do not have; then kills an executor during a query. The roles can also be started separately, with the plan files to
//! register: `ballista_locate scheduler PORT [PLAN]...`, `ballista_locate executor SCHEDULER_PORT PORT FOLDER
//! [PLAN]...`.

use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow_array::{ArrayRef, Float64Array, RecordBatch};
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use datafusion::prelude::SessionContext;
use parquet::arrow::ArrowWriter;
use taizhou_corridor::engine::{self, cluster};
use taizhou_corridor::plan::{PLAN_GEOJSON, Plan};

type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

const FILES: usize = 16;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().thread_stack_size(16 << 20).build()?.block_on(async {
        match arguments.as_slice() {
            ["scheduler", port, plans @ ..] => scheduler(port.parse()?, plans).await,
            ["executor", scheduler, port, folder, plans @ ..] => {
                executor(scheduler.parse()?, port.parse()?, folder, plans).await
            }
            [] => tokio::spawn(demo()).await?,
            _ => {
                Err("usage: ballista_locate [scheduler PORT [PLAN]... | executor SCHEDULER_PORT PORT FOLDER [PLAN]...]"
                    .into())
            }
        }
    })
}

/// Registers plans in this process, in addition to the bundled one.
fn register_plans(plans: &[&str]) -> Outcome {
    for file in plans {
        println!("{file} is known as {}", cluster::register_plan(Plan::from_geojson(&std::fs::read(file)?)?));
    }
    Ok(())
}

async fn scheduler(port: u16, plans: &[&str]) -> Outcome {
    register_plans(plans)?;
    let config = SchedulerConfig {
        bind_port: port,
        // Short timeouts, so that a lost executor is noticed quickly.
        executor_timeout_seconds: 5,
        expire_dead_executor_interval_seconds: 1,
        no_executors_grace_period_seconds: 10,
        ..cluster::scheduler_config()
    };
    let state = BallistaCluster::new_from_config(&config).await?;
    Ok(start_server(state, ([127, 0, 0, 1], port).into(), Arc::new(config)).await?)
}

/// Starts an executor with one core and its own folder; it also uses the next port.
async fn executor(scheduler_port: u16, port: u16, folder: &str, plans: &[&str]) -> Outcome {
    register_plans(plans)?;
    let config = ExecutorProcessConfig {
        scheduler_port,
        port,
        grpc_port: port + 1,
        vcores: 1,
        work_dir: Some(folder.to_owned()),
        scheduler_connect_timeout_seconds: 30,
        executor_heartbeat_interval_seconds: 1,
        ..cluster::executor_config()
    };
    Ok(start_executor_process(Arc::new(config)).await?)
}

/// Kills the process when dropped.
struct Role(Child);

impl Role {
    fn start(arguments: &[&str]) -> Outcome<Role> {
        Ok(Role(Command::new(std::env::current_exe()?).args(arguments).spawn()?))
    }

    fn kill(&mut self) -> Outcome {
        self.0.kill()?;
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

async fn demo() -> Outcome {
    let rows: usize = std::env::var("ROWS").ok().map_or(Ok(2_000_000), |rows| rows.parse())?;
    let folder = tempfile::tempdir()?;
    write_points(folder.path(), rows)?;
    let sql = format!(
        "SELECT corridor_zone(lon, lat) AS zone, corridor_certainty(lon, lat) AS certainty, count(*) AS sites, \
         sum(CAST(round(corridor_distance_m(lon, lat) * 1000) AS BIGINT)) AS distances_mm FROM '{}/*.parquet' GROUP BY 1, 2 ORDER BY 1, 2",
        folder.path().display()
    );
    let (expected, single_s) = timed(&engine::session(Plan::bundled(), 1), &sql).await?;
    println!("{expected}\n{rows} rows in {FILES} files\n1 process, 1 partition: {single_s:.2} s");

    let own_json = with_another_core("centre");
    let own_file = folder.path().join("own.geojson");
    std::fs::write(&own_file, &own_json)?;
    let own_file = own_file.to_string_lossy();
    let (port, ports) = (50_550, ["50560", "50570"]);
    let _scheduler = Role::start(&["scheduler", &port.to_string(), &own_file])?;
    let mut executors = vec![];
    for executor in ports {
        let work = folder.path().join(executor);
        std::fs::create_dir(&work)?;
        executors.push(Role::start(&["executor", &port.to_string(), executor, &work.to_string_lossy(), &own_file])?);
        let context = connected(port, Plan::bundled()).await?;
        // The first query of an executor prepares the plan.
        timed(&context, &sql).await?;
        let (found, seconds) = timed(&context, &sql).await?;
        println!("{} executors of one core: {seconds:.2} s", executors.len());
        if found != expected {
            return Err(format!("over {} executors the answer is another:\n{found}", executors.len()).into());
        }
    }

    let own = Plan::from_geojson(own_json.as_bytes())?;
    let (expected_by_own, _) = timed(&engine::session(own.clone(), 1), &sql).await?;
    let (found, _) = timed(&connected(port, own).await?, &sql).await?;
    if found != expected_by_own || found == expected {
        return Err(format!("by a plan of one's own the answer is another:\n{found}").into());
    }
    println!("A plan of one's own, from its file: the answer of one process.");
    let unknown = Plan::from_geojson(with_another_core("kernel").as_bytes())?;
    match timed(&connected(port, unknown).await?, &sql).await {
        Ok((found, _)) => return Err(format!("a plan that no process has was answered by:\n{found}").into()),
        Err(error) => println!("A plan that no process has: {error}"),
    }

    let context = connected(port, Plan::bundled()).await?;
    let query = tokio::spawn(async move { timed(&context, &sql).await });
    tokio::time::sleep(Duration::from_secs_f64(single_s / 6.0)).await;
    executors.remove(1).kill()?;
    let is_done = query.is_finished();
    println!(
        "An executor was ended{}.",
        if is_done { ", too late: the query was answered" } else { " in the middle of a query" }
    );
    match tokio::time::timeout(Duration::from_secs(180), query).await?? {
        Ok((found, seconds)) if found == expected => {
            println!("The query was answered all the same, in {seconds:.2} s.")
        }
        Ok((found, _)) => return Err(format!("the answer is wrong:\n{found}").into()),
        Err(error) => println!("The query failed, and says so: {error}"),
    }
    Ok(())
}

/// The bundled plan with another id for its core.
fn with_another_core(id: &str) -> String {
    let renamed = PLAN_GEOJSON.replace(r#""id":"core""#, &format!(r#""id":"{id}""#));
    renamed.replace(r#""parent":"core""#, &format!(r#""parent":"{id}""#))
}

/// A session with the scheduler, once it accepts connections.
async fn connected(port: u16, plan: Plan) -> Outcome<SessionContext> {
    let since = Instant::now();
    loop {
        let is_there = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok();
        if is_there {
            return Ok(cluster::connect(&format!("http://127.0.0.1:{port}"), plan, FILES)?);
        }
        if since.elapsed() > Duration::from_secs(60) {
            return Err("the scheduler does not listen".into());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// The result as a table, and the time taken.
async fn timed(context: &SessionContext, sql: &str) -> Outcome<(String, f64)> {
    let since = Instant::now();
    let answer = context.sql(sql).await?.to_string().await?;
    Ok((answer, since.elapsed().as_secs_f64()))
}

/// Points in and around the corridor, in files from west to east.
fn write_points(folder: &Path, rows: usize) -> Outcome {
    let part = |i: usize, step: f64| (i as f64 * step).fract();
    for number in 0..FILES {
        let ids = number * rows / FILES..(number + 1) * rows / FILES;
        let column =
            |value: &dyn Fn(usize) -> f64| Arc::new(Float64Array::from_iter_values(ids.clone().map(value))) as ArrayRef;
        let lon = column(&|i| 121.19 + 0.33 * (number as f64 + part(i, 0.754_877_666)) / FILES as f64);
        let lat = column(&|i| 28.54 + 0.175 * part(i, 0.569_840_291));
        let batch = RecordBatch::try_from_iter([("lon", lon), ("lat", lat)])?;
        let path = folder.join(format!("part-{number:02}.parquet"));
        let mut writer = ArrowWriter::try_new(File::create(&path)?, batch.schema(), None)?;
        writer.write(&batch)?;
        writer.close()?;
    }
    Ok(())
}
