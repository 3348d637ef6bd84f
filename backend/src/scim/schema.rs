//! Which attributes there are, once: for the description that clients read, for checking what they write, for
//! changes, filters, and for what *Remove profile fields* takes away.

use frontdesk_contract::scim::filter::Attribute;
use frontdesk_contract::scim::{ENTERPRISE, GROUP, INVITATION, LIFECYCLE, SCHEMA, USER};
use serde_json::{Value, json};

/// What an attribute holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// True or false.
    Truth,
    /// A point in time.
    Date,
    /// A whole number.
    Number,
    /// An address of a resource.
    Reference,
    /// Parts.
    Complex,
}

/// Who writes an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutability {
    /// Whoever may write.
    ReadWrite,
    /// The backend alone.
    ReadOnly,
    /// Whoever makes it, once.
    Immutable,
}

/// An attribute.
#[derive(Debug, Clone, Copy)]
pub struct Attr {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it has several values.
    pub is_multi: bool,
    /// Whether it must be there.
    pub is_required: bool,
    /// Whether it is always there, because it is something when nobody says what.
    pub has_default: bool,
    /// Whether it is told only when it is named.
    pub is_on_request: bool,
    /// Whether case counts.
    pub is_exact: bool,
    /// Whether nobody else may have the same.
    pub is_unique: bool,
    /// Who writes it.
    pub mutability: Mutability,
    /// Its parts.
    pub parts: &'static [Attr],
    /// Values that are usual.
    pub words: &'static [&'static str],
    /// What it refers to.
    pub refers: &'static [&'static str],
    /// What it is, for people.
    pub about: &'static str,
}

const fn attr(name: &'static str, kind: Kind, about: &'static str) -> Attr {
    Attr {
        name,
        kind,
        is_multi: false,
        is_required: false,
        has_default: false,
        is_on_request: false,
        is_exact: false,
        is_unique: false,
        mutability: Mutability::ReadWrite,
        parts: &[],
        words: &[],
        refers: &[],
        about,
    }
}

const fn text(name: &'static str, about: &'static str) -> Attr {
    attr(name, Kind::Text, about)
}

impl Attr {
    const fn multi(self, parts: &'static [Self]) -> Self {
        Self { is_multi: true, kind: Kind::Complex, parts, ..self }
    }

    const fn complex(self, parts: &'static [Self]) -> Self {
        Self { kind: Kind::Complex, parts, ..self }
    }

    const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    const fn with_default(self) -> Self {
        Self { has_default: true, ..self }
    }

    const fn on_request(self) -> Self {
        Self { is_on_request: true, ..self }
    }

    const fn exact(self) -> Self {
        Self { is_exact: true, ..self }
    }

    const fn unique(self) -> Self {
        Self { is_unique: true, ..self }
    }

    const fn read_only(self) -> Self {
        Self { mutability: Mutability::ReadOnly, ..self }
    }

    const fn immutable(self) -> Self {
        Self { mutability: Mutability::Immutable, ..self }
    }

    const fn words(self, words: &'static [&'static str]) -> Self {
        Self { words, ..self }
    }

    const fn refers(self, refers: &'static [&'static str]) -> Self {
        Self { kind: Kind::Reference, is_exact: true, refers, ..self }
    }

    /// A part by its name, in any case.
    pub fn part(&self, name: &str) -> Option<&'static Self> {
        self.parts.iter().find(|part| part.name.eq_ignore_ascii_case(name))
    }

    fn described(&self) -> Value {
        let kind = match self.kind {
            Kind::Text => "string",
            Kind::Truth => "boolean",
            Kind::Date => "dateTime",
            Kind::Number => "integer",
            Kind::Reference => "reference",
            Kind::Complex => "complex",
        };
        let mutability = match self.mutability {
            Mutability::ReadWrite => "readWrite",
            Mutability::ReadOnly => "readOnly",
            Mutability::Immutable => "immutable",
        };
        let mut described = json!({
            "name": self.name, "type": kind, "multiValued": self.is_multi, "description": self.about,
            "required": self.is_required || self.has_default, "mutability": mutability,
            "returned": if self.is_on_request { "request" } else { "default" },
            "uniqueness": if self.is_unique { "server" } else { "none" },
        });
        if let Some(fields) = described.as_object_mut() {
            if self.kind != Kind::Complex {
                fields.insert("caseExact".to_owned(), json!(self.is_exact));
            }
            if !self.parts.is_empty() {
                let parts: Vec<Value> = self.parts.iter().map(Self::described).collect();
                fields.insert("subAttributes".to_owned(), json!(parts));
            }
            if !self.words.is_empty() {
                fields.insert("canonicalValues".to_owned(), json!(self.words));
            }
            if !self.refers.is_empty() {
                fields.insert("referenceTypes".to_owned(), json!(self.refers));
            }
        }
        described
    }
}

const DISPLAY: Attr = text("display", "As it is shown.");
const PRIMARY: Attr = attr("primary", Kind::Truth, "Whether it comes first.");
const PLACES: &[&str] = &["work", "home", "other"];

const NAME: &[Attr] = &[
    text("formatted", "All of the name."),
    text("familyName", "The family's name."),
    text("givenName", "The person's own name."),
    text("middleName", "Names between."),
    text("honorificPrefix", "A title before the name."),
    text("honorificSuffix", "What stands behind the name."),
];
const EMAIL: &[Attr] =
    &[text("value", "The address."), DISPLAY, text("type", "What it is for.").words(PLACES), PRIMARY];
const PHONE: &[Attr] = &[
    text("value", "The number."),
    DISPLAY,
    text("type", "What it is for.").words(&["work", "home", "mobile", "fax", "pager", "other"]),
    PRIMARY,
];
const PHOTO: &[Attr] = &[
    attr("value", Kind::Reference, "Where the picture is.").refers(&["external"]),
    DISPLAY,
    text("type", "Its size.").words(&["photo", "thumbnail"]),
    PRIMARY,
];
const ADDRESS: &[Attr] = &[
    text("formatted", "All of the address."),
    text("streetAddress", "Street and number."),
    text("locality", "City."),
    text("region", "State or region."),
    text("postalCode", "Postal code."),
    text("country", "Country."),
    text("type", "What it is for.").words(PLACES),
    PRIMARY,
];
const WORD: &[Attr] = &[text("value", "The value."), DISPLAY, text("type", "What it is for."), PRIMARY];
const GROUPS: &[Attr] = &[
    text("value", "The group.").exact().read_only(),
    attr("$ref", Kind::Reference, "Where the group is.").refers(&["Group"]).read_only(),
    text("display", "Its name.").read_only(),
    text("type", "How one is in it.").words(&["direct", "indirect"]).read_only(),
];
const MANAGER: &[Attr] = &[
    text("value", "Who.").exact(),
    attr("$ref", Kind::Reference, "Where the person is.").refers(&["User"]),
    text("displayName", "By name.").read_only().on_request(),
];
const MEMBER: &[Attr] = &[
    text("value", "Who.").exact().immutable(),
    attr("$ref", Kind::Reference, "Where the person is.").refers(&["User"]).immutable(),
    text("type", "What it is.").words(&["User"]).immutable(),
];
const CONTENT: &[Attr] = &[
    attr("posts", Kind::Number, "Posts.").read_only(),
    attr("messages", Kind::Number, "Messages.").read_only(),
    attr("commentsOfOthers", Kind::Number, "Comments of others on these posts.").read_only(),
];

/// A person.
pub const USER_ATTRS: &[Attr] = &[
    text("userName", "What the person signs in with.").required().unique(),
    text("name", "The parts of the name.").complex(NAME),
    text("displayName", "The name to show."),
    text("nickName", "What friends say."),
    attr("profileUrl", Kind::Reference, "A page about the person.").refers(&["external"]),
    text("title", "What the person does."),
    text("userType", "How the person belongs to the organization."),
    text("preferredLanguage", "The language that the person reads."),
    text("locale", "How dates and numbers are written."),
    text("timezone", "Where the person's clock stands."),
    attr("active", Kind::Truth, "Whether the account can be used; true when nobody says.").with_default(),
    text("emails", "Addresses.").multi(EMAIL),
    text("phoneNumbers", "Phone numbers.").multi(PHONE),
    text("ims", "Names in messengers.").multi(WORD),
    text("photos", "Pictures.").multi(PHOTO),
    text("addresses", "Where the person is reached.").multi(ADDRESS),
    text("groups", "Groups that the person is in.").multi(GROUPS).read_only(),
    text("entitlements", "What the person is entitled to.").multi(WORD),
    text("roles", "What the person is.").multi(WORD),
];
/// The enterprise extension.
pub const ENTERPRISE_ATTRS: &[Attr] = &[
    text("employeeNumber", "The number of the employee."),
    text("costCenter", "Who pays."),
    text("organization", "The organization."),
    text("division", "The division."),
    text("department", "The department."),
    text("manager", "The manager.").complex(MANAGER),
];
/// The life of the account.
pub const LIFECYCLE_ATTRS: &[Attr] = &[
    text("stage", "Where the account stands.")
        .exact()
        .words(&["provisioned", "invited", "active", "deactivated", "former"])
        .read_only()
        .on_request(),
    attr("deactivatedAt", Kind::Date, "When it was deactivated for the last time.").read_only().on_request(),
    attr("membershipsRemovedAt", Kind::Date, "When memberships ended.").read_only().on_request(),
    attr("removableAt", Kind::Date, "From when profile fields may be removed.").read_only().on_request(),
    attr("fieldsRemovedAt", Kind::Date, "When profile fields were removed.").read_only().on_request(),
    attr("scheduledFor", Kind::Date, "When it will be deactivated.").read_only().on_request(),
    attr("hold", Kind::Date, "Since when it is on hold.").read_only().on_request(),
    attr("pendingDeletion", Kind::Date, "When it will be deleted.").read_only().on_request(),
    attr("terminationDate", Kind::Date, "When the person leaves the organization.").read_only().on_request(),
    text("contentCounts", "How much content the person has.").complex(CONTENT).read_only().on_request(),
    text("managedBy", "The machine that writes it.").read_only().on_request(),
];
/// Invitation and claim.
pub const INVITATION_ATTRS: &[Attr] = &[
    attr("invited", Kind::Truth, "Whether the person was told.").read_only().on_request(),
    attr("inviteDate", Kind::Date, "When.").read_only().on_request(),
    attr("claimed", Kind::Truth, "Whether the person has signed in.").read_only().on_request(),
    attr("claimDate", Kind::Date, "When.").read_only().on_request(),
    attr("canDelete", Kind::Truth, "Whether DELETE is taken.").read_only().on_request(),
];
/// A group.
pub const GROUP_ATTRS: &[Attr] =
    &[text("displayName", "Its name.").required(), text("members", "Who is in it.").multi(MEMBER)];
const META: &[Attr] = &[
    text("resourceType", "What it is.").exact().read_only(),
    attr("created", Kind::Date, "When it was made.").read_only(),
    attr("lastModified", Kind::Date, "When it was changed.").read_only(),
    attr("location", Kind::Reference, "Where it is.").read_only(),
    text("version", "Its version.").exact().read_only(),
];
/// What every resource has.
const COMMON: &[Attr] = &[
    text("id", "Its identifier.").exact().read_only(),
    text("externalId", "Its identifier elsewhere.").exact(),
    text("meta", "When it was made and changed.").complex(META).read_only(),
];

/// A kind of resources: its schema and its extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// A person.
    User,
    /// A group.
    Group,
}

/// An attribute as an address of it names it.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    /// The extension that it stands in.
    pub extension: Option<&'static str>,
    /// The attribute.
    pub attr: &'static Attr,
    /// A part of it.
    pub part: Option<&'static Attr>,
}

impl Resource {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }

    /// The address below `/scim/v2`.
    pub const fn endpoint(self) -> &'static str {
        match self {
            Self::User => "/Users",
            Self::Group => "/Groups",
        }
    }

    /// The schema.
    pub const fn schema(self) -> &'static str {
        match self {
            Self::User => USER,
            Self::Group => GROUP,
        }
    }

    /// The attributes of the schema.
    pub const fn attrs(self) -> &'static [Attr] {
        match self {
            Self::User => USER_ATTRS,
            Self::Group => GROUP_ATTRS,
        }
    }

    /// The extensions with their attributes.
    pub const fn extensions(self) -> &'static [(&'static str, &'static [Attr])] {
        match self {
            Self::User => &[
                (ENTERPRISE, ENTERPRISE_ATTRS),
                (LIFECYCLE, LIFECYCLE_ATTRS),
                (INVITATION, INVITATION_ATTRS),
            ],
            Self::Group => &[],
        }
    }

    /// An extension by its URN, in any case.
    pub fn extension(self, urn: &str) -> Option<(&'static str, &'static [Attr])> {
        self.extensions().iter().find(|(known, _)| known.eq_ignore_ascii_case(urn)).copied()
    }

    /// An attribute of the schema itself by its name, in any case.
    pub fn attr(self, name: &str) -> Option<&'static Attr> {
        let mut all = COMMON.iter().chain(self.attrs());
        all.find(|attr| attr.name.eq_ignore_ascii_case(name))
    }

    /// Looks an attribute up.
    pub fn find(self, attribute: &Attribute) -> Option<Found> {
        let (extension, attr) = match &attribute.schema {
            Some(urn) if !urn.eq_ignore_ascii_case(self.schema()) => {
                let (urn, attrs) = self.extension(urn)?;
                (Some(urn), attrs.iter().find(|attr| attr.name.eq_ignore_ascii_case(&attribute.name))?)
            }
            Some(_) | None => (None, self.attr(&attribute.name)?),
        };
        let part = match &attribute.part {
            Some(part) => Some(attr.part(part)?),
            None => None,
        };
        Some(Found { extension, attr, part })
    }

    /// What `/ResourceTypes` says.
    pub fn described(self, base: &str) -> Value {
        // Those that nobody can write are told to whoever names them, and described at `/Schemas`. Here stand those
        // that each answer may have: clients build their model of a person from this list, refuse what isn't on it,
        // and take what is on it for something to write.
        let is_writable = |attrs: &[Attr]| attrs.iter().any(|attr| attr.mutability != Mutability::ReadOnly);
        let extensions = self.extensions().iter().filter(|(_, attrs)| is_writable(attrs));
        let extensions: Vec<Value> =
            extensions.map(|(urn, _)| json!({"schema": urn, "required": false})).collect();
        let name = self.name();
        json!({
            "schemas": [frontdesk_contract::scim::RESOURCE_TYPE],
            "id": name, "name": name, "endpoint": self.endpoint(), "schema": self.schema(),
            "description": match self { Self::User => "A person.", Self::Group => "A group of people." },
            "schemaExtensions": extensions,
            "meta": {"resourceType": "ResourceType", "location": format!("{base}/ResourceTypes/{name}")},
        })
    }
}

/// What `/Schemas` says.
pub fn schemas(base: &str) -> Vec<Value> {
    [
        (USER, "User", "A person.", USER_ATTRS),
        (ENTERPRISE, "EnterpriseUser", "Department, manager, employee number.", ENTERPRISE_ATTRS),
        (LIFECYCLE, "AccountLifecycle", "The life of an account, read-only.", LIFECYCLE_ATTRS),
        (INVITATION, "AccountStatusDetails", "Invitation and claim, read-only.", INVITATION_ATTRS),
        (GROUP, "Group", "A group of people.", GROUP_ATTRS),
    ]
    .into_iter()
    .map(|(id, name, about, attrs)| {
        let attributes: Vec<Value> = attrs.iter().map(Attr::described).collect();
        json!({
            "schemas": [SCHEMA], "id": id, "name": name, "description": about, "attributes": attributes,
            "meta": {"resourceType": "Schema", "location": format!("{base}/Schemas/{id}")},
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn found(text: &str) -> Found {
        Resource::User.find(&text.parse().expect("an attribute")).expect("a known one")
    }

    #[test]
    fn attributes_are_found_in_any_case_with_or_without_their_schema() {
        assert_eq!(found("USERNAME").attr.name, "userName");
        assert_eq!(found("name.familyname").part.map(|part| part.name), Some("familyName"));
        assert_eq!(found(&format!("{USER}:title")).extension, None);
        let manager = found(&format!("{ENTERPRISE}:manager.value"));
        assert_eq!((manager.extension, manager.attr.name), (Some(ENTERPRISE), "manager"));
        assert!(Resource::User.find(&Attribute::named("shoeSize")).is_none());
        assert!(Resource::Group.find(&Attribute::named("userName")).is_none());
    }

    #[test]
    fn both_extensions_of_the_account_are_read_only_and_told_to_whoever_names_them() {
        for attrs in [LIFECYCLE_ATTRS, INVITATION_ATTRS] {
            assert!(attrs.iter().all(|attr| attr.mutability == Mutability::ReadOnly && attr.is_on_request));
        }
    }
}
