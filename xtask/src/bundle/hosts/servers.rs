//! nginx and Caddy.

use std::fmt::Write as _;

use super::{Headers, Site, expression, is_pattern};

/// A `server` block for nginx.
pub(super) fn nginx(site: &Site) -> String {
    let mut text =
        "# Written by `cargo xtask build`: each release has files of other names, so copy it with dist/.\n\
                    # Name your host, certificate, folder and backend.\n\
                    server {\n\
                    \x20   listen 443 ssl;\n\
                    \x20   http2 on;\n\
                    \x20   server_name desk.example;\n\
                    \x20   ssl_certificate /etc/ssl/desk.example.pem;\n\
                    \x20   ssl_certificate_key /etc/ssl/desk.example.key;\n\
                    \x20   root /srv/frontdesk/dist;\n\
                    \x20   types {\n\
                    \x20       text/html html; text/css css; text/javascript js; application/wasm wasm;\n\
                    \x20       application/json json; image/svg+xml svg; image/png png; text/plain txt;\n\
                    \x20       application/manifest+json webmanifest;\n\
                    \x20   }\n\
                    \x20   charset utf-8;\n\
                    \x20   gzip_static on;\n\
                    \x20   # With the module ngx_brotli:\n\
                    \x20   # brotli_static on;\n\
                    \x20   error_page 404 /404.html;\n\
                    \n\
                    \x20   location ~ ^/(api|scim)(/|$) {\n\
                    \x20       proxy_pass http://127.0.0.1:8080;\n\
                    \x20       proxy_http_version 1.1;\n\
                    \x20       proxy_set_header Host $host;\n\
                    \x20       proxy_set_header X-Forwarded-For $remote_addr;\n\
                    \x20       proxy_set_header X-Forwarded-Proto $scheme;\n\
                    \x20       proxy_buffering off;\n\
                    \x20       proxy_cache off;\n\
                    \x20       proxy_read_timeout 1h;\n\
                    \x20       client_max_body_size 16m;\n\
                    \x20   }\n\
                    \x20   location / {\n"
            .to_owned();
    nginx_headers(&mut text, &site.common());
    text.push_str("        try_files /404.html =404;\n        return 404;\n    }\n");
    for rule in &site.rules {
        let location = match is_pattern(&rule.path) {
            true => format!("~ {}", expression(&rule.path)),
            false => format!("= {}", rule.path),
        };
        let _ = writeln!(text, "    location {location} {{");
        nginx_headers(&mut text, &site.headers(rule.kind));
        let _ = writeln!(text, "        try_files {} =404;\n    }}", rule.file);
    }
    text.push_str("}\n");
    text
}

fn nginx_headers(text: &mut String, headers: &Headers) {
    for (name, value) in headers {
        let _ = writeln!(text, "        add_header {name} \"{value}\" always;");
    }
}

/// A site for Caddy.
pub(super) fn caddy(site: &Site) -> String {
    let mut text =
        "# Written by `cargo xtask build`: each release has files of other names, so copy it with dist/.\n\
                    # Name your host, folder and backend.\n\
                    desk.example {\n\
                    \troot * /srv/frontdesk/dist\n\
                    \t@backend path /api /api/* /scim /scim/*\n\
                    \thandle @backend {\n\
                    \t\treverse_proxy 127.0.0.1:8080 {\n\
                    \t\t\tflush_interval -1\n\
                    \t\t}\n\
                    \t}\n"
            .to_owned();
    for (index, rule) in site.rules.iter().enumerate() {
        let matcher = match is_pattern(&rule.path) {
            true => format!("path_regexp {}", expression(&rule.path)),
            false => format!("path {}", rule.path),
        };
        let _ = writeln!(text, "\t@file{index} {matcher}\n\thandle @file{index} {{");
        caddy_headers(&mut text, &site.headers(rule.kind));
        let _ = writeln!(
            text,
            "\t\trewrite * {}\n\t\tfile_server {{\n\t\t\tprecompressed br gzip\n\t\t}}\n\t}}",
            rule.file
        );
    }
    text.push_str("\thandle {\n\t\terror 404\n\t}\n\thandle_errors {\n");
    caddy_headers(&mut text, &site.common());
    text.push_str("\t\trewrite * /404.html\n\t\tfile_server\n\t}\n}\n");
    text
}

fn caddy_headers(text: &mut String, headers: &Headers) {
    for (name, value) in headers {
        let _ = writeln!(text, "\t\theader {name} \"{value}\"");
    }
}
