#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The URLs of OAuth 2 metadata, and the check of URLs that a server names. It does no I/O.
namespace offhook::inline v0::agent::tools::mcp {

/// Returns the URLs of the protected resource metadata for the server at `url`. The most likely URL is the first: RFC 9728 section 3.1,
/// MCP 2025-11-25 basic/authorization.
[[nodiscard]] std::vector<std::string> resource_metadata_urls(std::string_view url);

/// Returns the URLs of the authorization server metadata for `issuer`. The most likely URL is the first: RFC 8414 section 3.1 and section 5, OpenID
/// Connect Discovery.
[[nodiscard]] std::vector<std::string> issuer_metadata_urls(std::string_view issuer);

/// Returns true if a token for `resource` is valid for the server at `url`: the origins are equal, and the server's path is at or below that of `resource`.
/// Deviation: RFC 9728 section 3.3 requires identical URLs, but servers also name their root.
[[nodiscard]] bool is_resource_of(std::string_view resource, std::string_view url);
/// Returns the server's name as a resource, by RFC 8707 section 2: its URL without a query.
[[nodiscard]] std::string resource_name_of(std::string_view url);

/// Compares two issuers: RFC 8414 section 3.3.
/// Deviation: ignores a slash at the end, because libraries add one.
[[nodiscard]] bool is_same_issuer(std::string_view one, std::string_view other);

/// Checks a URL that the server at `server` or its metadata named, before a secret is sent there. Returns the fault as a sentence, or nullopt. In
/// addition to net::fault_of_url(): a server on another machine must not name this machine, and no server may name an IP address other than its own.
[[nodiscard]] std::optional<std::string> fault_of_named_url(std::string_view url, std::string_view server);

}  // namespace offhook::inline v0::agent::tools::mcp
