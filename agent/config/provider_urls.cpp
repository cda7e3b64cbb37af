#include <offhook/agent/config/provider_urls.hpp>

#include <offhook/agent/support/url_text.hpp>

namespace offhook::inline v0::agent::config {

std::string allowed_base(const Provider& kind) { return "a URL such as \"" + std::string(kind.config.example_url) + "\""; }

std::string base_of_url(const Provider& kind, std::string_view url) {
  const std::string_view path = path_of_url(url);
  for (const std::string_view end : kind.config.url_ends) {
    if (!path.ends_with(end)) continue;
    url.remove_suffix(end.size());
    break;
  }
  while (url.ends_with('/')) url.remove_suffix(1);
  return std::string(url);
}

std::optional<Complaint> complain_of_query(std::string_view url) {
  if (url.find('?') == std::string_view::npos) return std::nullopt;
  return Complaint{"a URL with a query", "a URL without a query", "leave out the ? and what follows it"};
}

std::optional<Complaint> complain_of_base(const Provider& kind, std::string_view url) {
  const auto complain = kind.config.complain_of_url;
  if (complain != nullptr) {
    if (auto complaint = complain(base_of_url(kind, url.substr(0, url.find('?'))))) return complaint;
  }
  return complain_of_query(url);
}

}  // namespace offhook::inline v0::agent::config
