//! SCIM 2.0 (RFC 7643, RFC 7644, RFC 9865): the pure parts, for both sides.
//!
//! Reading order: [`filter`] is the language of questions, [`user`] what the panel reads of a person,
//! [`message`] what goes around resources: lists, changes, errors. For somebody else's provider: [`abilities`] is what
//! it can do, [`foreign`] a person as it tells them, [`asked`] what is asked of it and whether it was done, [`bulk`] how several changes go into one call.

#[cfg(feature = "openapi")]
pub mod abilities;
#[cfg(feature = "openapi")]
pub mod asked;
#[cfg(feature = "openapi")]
pub mod bulk;
pub mod filter;
#[cfg(feature = "openapi")]
pub mod foreign;
pub mod message;
pub mod user;

/// The schema of a person.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The schema of a group.
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// The extension with department, manager and employee number.
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// Our extension with the facts of the life cycle that SCIM lacks, read-only.
pub const LIFECYCLE: &str = "urn:ietf:params:scim:schemas:extension:frontdesk:lifecycle:1.0:User";
/// The extension with invitation and claim, read-only.
pub const INVITATION: &str = "urn:ietf:params:scim:schemas:extension:facebook:accountstatusdetails:2.0:User";
/// A page of resources.
pub const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
/// A question in a body.
pub const SEARCH: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
/// A change of parts.
pub const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// Several changes in one call.
pub const BULK: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
/// The answers to them.
pub const BULK_ANSWER: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
/// An error.
pub const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
/// What the provider can do.
pub const PROVIDER: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
/// A kind of resources.
pub const RESOURCE_TYPE: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
/// A description of attributes.
pub const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";
/// The media type of everything.
pub const SCIM_JSON: &str = "application/scim+json";
