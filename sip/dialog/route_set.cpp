#include <offhook/sip/dialog/route_set.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/model/limits.hpp>

#include <algorithm>

namespace offhook::inline v0::sip {

base::Result<RouteSet, ParseError> RouteSet::from_record_route(const Message& message, Order order) {
  const auto entries = message.name_addrs(HeaderName::RecordRoute, kMaxRoutes);
  if (!entries) {
    if (entries.error() == ParseError::MissingHeader) return RouteSet{};
    return base::fail(entries.error());
  }
  RouteSet set;
  for (const NameAddr& entry : *entries) {
    set.values_.push_back("<" + std::string(entry.uri.text) + ">" + std::string(entry.params.text()));
  }
  if (order == Order::Reversed) std::reverse(set.values_.begin(), set.values_.end());
  return set;
}

RouteSet RouteSet::through(std::string_view uri) {
  RouteSet set;
  set.values_.push_back("<" + std::string(uri) + ">");
  return set;
}

RouteSet::Path RouteSet::path_to(std::string_view remote_target) const {
  Path path{std::string(remote_target), values_, std::string(remote_target)};
  if (values_.empty()) return path;
  std::string_view rest = values_.front();
  const auto first = take_name_addr(rest);
  if (!first) return path;  // Impossible: the value was parsed before it was stored.
  path.next_hop = std::string(first->uri.text);
  if (first->uri.params.has("lr")) return path;
  // A strict router replaces the Request-URI, so our target goes to the end of the Routes: RFC 3261 section 12.2.1.1.
  path.request_uri = as_request_uri(first->uri);
  path.routes.erase(path.routes.begin());
  path.routes.push_back("<" + std::string(remote_target) + ">");
  return path;
}

std::string as_request_uri(const Uri& uri) {
  std::string_view text = uri.text;
  if (!uri.headers.empty()) text.remove_suffix(std::min(uri.headers.size() + 1, text.size()));
  if (!uri.params.has("method")) return std::string(text);
  const std::string_view all = uri.params.text();
  const auto at = text.find(all);
  if (at == std::string_view::npos) return std::string(text);
  std::string kept(text.substr(0, at));
  std::string_view rest = all;
  while (const auto param = Params::next(rest)) {
    if (base::iequals(param->name, "method")) continue;
    kept += ";" + std::string(param->name);
    if (!param->value.empty()) kept += "=" + std::string(param->value);
  }
  return kept;
}

}  // namespace offhook::inline v0::sip
