#include <offhook/sip/dialog/redirections.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/dialog/route_set.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip::session {

namespace {

/// Returns the q value in thousandths; 1000 if it is absent or invalid: RFC 3261 section 20.10.
unsigned q_of(const NameAddr& contact) {
  const auto text = contact.params.find("q").value_or("1");
  if (!text.starts_with("0")) return 1000;
  unsigned value = 0;
  for (std::size_t i = 2; i < 5; ++i)
    value = value * 10 + (i < text.size() && base::is_digit(text[i]) ? static_cast<unsigned>(text[i] - '0') : 0U);
  return value;
}

bool equal(const std::string& a, const std::string& b) {
  const auto left = parse_uri(a), right = parse_uri(b);
  return left && right && equivalent(*left, *right);
}

/// Returns true if the URI's scheme or transport is secure.
bool is_secure(const std::string& text) {
  const auto uri = parse_uri(text);
  if (!uri) return false;
  const auto transport = uri->params.find("transport").value_or("");
  return uri->scheme == Uri::Scheme::Sips || base::iequals(transport, "tls") || base::iequals(transport, "wss");
}

}  // namespace

Redirections::Redirections(std::string first, unsigned allowed, bool secure)
    : left_(std::min(allowed, kMaxRedirections)), secure_(secure || is_secure(first)), tried_{std::move(first)} {}

std::vector<std::string> Redirections::contacts_of(const Message& response) {
  std::vector<std::pair<unsigned, std::string>> found;
  auto contacts = response.contacts();
  while (const NameAddr* contact = contacts.next()) {
    const bool callable = contact->uri.scheme == Uri::Scheme::Sip || contact->uri.scheme == Uri::Scheme::Sips;
    if (!contact->wildcard && callable) found.emplace_back(q_of(*contact), as_request_uri(contact->uri));
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> list;
  list.reserve(found.size());
  for (auto& [q, uri] : found) list.push_back(std::move(uri));
  return list;
}

bool Redirections::is_known(const std::string& target) const {
  const auto same = [&](const std::string& one) { return equal(one, target); };
  return std::any_of(tried_.begin(), tried_.end(), same) || std::any_of(waiting_.begin(), waiting_.end(), same);
}

void Redirections::on_moved(const Message& response) {
  if (left_ == 0) return;
  std::size_t at = 0;  // Insert before the targets of earlier 3xx responses: the order is depth first.
  for (std::string& target : contacts_of(response)) {
    if (waiting_.size() >= kMaxOtherTargets) return;
    if (is_known(target) || (secure_ && !is_secure(target))) continue;
    waiting_.insert(waiting_.begin() + static_cast<std::ptrdiff_t>(at++), std::move(target));
  }
}

std::optional<std::string> Redirections::next() {
  if (left_ == 0 || waiting_.empty()) return std::nullopt;
  --left_;
  tried_.push_back(std::move(waiting_.front()));
  waiting_.erase(waiting_.begin());
  return tried_.back();
}

}  // namespace offhook::inline v0::sip::session
