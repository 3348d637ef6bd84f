//! Bridges to what an organization runs already: SCIM providers, helpdesks, sign-in providers, status pages.
