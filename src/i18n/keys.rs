//! One constant for each key of the catalogs, made by `build.rs`: `nav.overview` is `NAV_OVERVIEW`.

use super::{Key, Plural};

include!(concat!(env!("OUT_DIR"), "/keys.rs"));
