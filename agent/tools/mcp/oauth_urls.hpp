#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Where the metadata of OAuth 2 stands, and whom a server may name. Pure.
namespace offhook::inline v0::agent::tools::mcp {

/// Protected resource metadata of the server at `url`, the likeliest first: RFC 9728 section 3.1, MCP 2025-11-25
/// basic/authorization.
[[nodiscard]] std::vector<std::string> resource_metadata_urls(std::string_view url);

/// Authorization server metadata of `issuer`, the likeliest first: RFC 8414 section 3.1 and section 5, OpenID Connect Discovery.
[[nodiscard]] std::vector<std::string> issuer_metadata_urls(std::string_view issuer);

/// Whether a token for `resource` is one for the server at `url`: the same origin, and a path that the server's is in.
/// Deviation: RFC 9728 section 3.3 has them identical; servers name their root, too.
[[nodiscard]] bool is_resource_of(std::string_view resource, std::string_view url);
/// The server's own name as a resource, RFC 8707 section 2: its URL without a query.
[[nodiscard]] std::string resource_name_of(std::string_view url);

/// RFC 8414 section 3.3. Deviation: a slash at the end makes no other issuer; libraries add one.
[[nodiscard]] bool is_same_issuer(std::string_view one, std::string_view other);

/// Why a URL that the server at `server` or its metadata named is not asked, and no secret sent there: a sentence, or nothing. As
/// fault_of_url(); and nobody outside this machine sends us to it, and nobody to an address without a name but its own.
[[nodiscard]] std::optional<std::string> fault_of_named_url(std::string_view url, std::string_view server);

}  // namespace offhook::inline v0::agent::tools::mcp
