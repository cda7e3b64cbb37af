#pragma once

#include <offhook/agent/providers/provider.hpp>

#include <optional>
#include <string>
#include <string_view>

/// Converts the addresses of providers that people paste into the form that each kind needs.
namespace offhook::inline v0::agent::config {

/// Describes a base URL of this kind in words for people: "a URL such as \"https://host.example\"".
[[nodiscard]] std::string allowed_base(const Provider& kind);

/// Returns `url` without a path at its end that Offhook appends itself, such as "/chat/completions".
[[nodiscard]] std::string base_of_url(const Provider& kind, std::string_view url);

/// Returns the complaint about a valid URL that cannot be a base URL of this kind; nullopt if it can. Does not quote the URL.
[[nodiscard]] std::optional<Complaint> complain_of_base(const Provider& kind, std::string_view url);
/// Returns the complaint about a URL with a query; nullopt if the URL has none.
[[nodiscard]] std::optional<Complaint> complain_of_query(std::string_view url);

}  // namespace offhook::inline v0::agent::config
