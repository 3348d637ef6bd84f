//! Who may call: the rules of the contract as extractors, asked before anything of the call is read.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use frontdesk_contract::Person;
use frontdesk_contract::report::{can_handle, can_report};
use frontdesk_contract::request::{can_ask, can_read, can_write};
use frontdesk_contract::status::{can_see_deliveries, can_tell};

use crate::app::App;
use crate::http::error::Error;
use crate::http::viewer::Viewer;

macro_rules! right {
    ($(#[$doc:meta])* $name:ident by $rule:path) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(pub Viewer);

        impl $name {
            /// Who.
            pub const fn person(&self) -> &Person {
                self.0.person()
            }
        }

        impl FromRequestParts<App> for $name {
            type Rejection = Error;

            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
                let viewer = Viewer::from_request_parts(parts, app).await?;
                $rule(viewer.person())?;
                Ok(Self(viewer))
            }
        }
    };
}

right! {
    /// Somebody who may see the organization's requests.
    Reader by can_read
}
right! {
    /// Somebody who may ask support something new.
    Asker by can_ask
}
right! {
    /// Somebody who may write into a thread.
    Writer by can_write
}
right! {
    /// Somebody who may write on the status page.
    Teller by can_tell
}
right! {
    /// Somebody who may see what became of messages to chat groups.
    Runner by can_see_deliveries
}
right! {
    /// Somebody who may report a problem.
    Reporter by can_report
}
right! {
    /// Somebody who may handle what others report.
    Handler by can_handle
}
