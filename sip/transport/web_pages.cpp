#include <offhook/sip/transport/web_pages.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/transport/web_socket_options.hpp>

#include <algorithm>

namespace offhook::inline v0::sip {

bool WebPages::is_usable() const {
  const auto fits = [](const Page& page) { return WebSocketOptions::is_path(page.path) && page.body.size() <= kMaxBody; };
  return pages.size() <= kMaxPages && hosts.size() <= kMaxHosts && std::all_of(pages.begin(), pages.end(), fits);
}

namespace detail {

bool is_for(const WebPages& pages, std::string_view host) {
  return std::any_of(pages.hosts.begin(), pages.hosts.end(), [&](const std::string& one) { return base::iequals(one, host); });
}

PageAnswer answer_to(const WebPages& pages, std::string_view method, std::string_view target) {
  if (method != "GET" && method != "HEAD") return {nullptr, 405, "A page has no other methods than GET and HEAD"};
  const auto path = target.substr(0, target.find('?'));
  const auto found = std::find_if(pages.pages.begin(), pages.pages.end(), [&](const WebPages::Page& one) { return one.path == path; });
  if (found == pages.pages.end()) return {nullptr, 404, "There is no such page"};
  return {&*found};
}

}  // namespace detail

}  // namespace offhook::inline v0::sip
