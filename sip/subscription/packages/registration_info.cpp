#include <offhook/sip/subscription/packages/registration_info.hpp>

#include <offhook/sip/subscription/packages/xml.hpp>

#include <array>
#include <utility>

namespace offhook::inline v0::sip::packages {

namespace {

using State = RegistrationInfo::State;
constexpr const char* kRegistrationInfoNamespace = "urn:ietf:params:xml:ns:reginfo";
constexpr std::array<std::pair<std::string_view, State>, 3> kStateNames{
    {{"init", State::Init}, {"active", State::Active}, {"terminated", State::Terminated}}};

std::optional<State> state_of(std::string_view word) {
  for (const auto& [text, state] : kStateNames) {
    if (text == word) return state;
  }
  return std::nullopt;
}

const char* word_of(State state) { return kStateNames[static_cast<std::size_t>(state)].first.data(); }

base::Result<RegistrationInfo::Contact, PackageError> read_contact(pugi::xml_node node) {
  RegistrationInfo::Contact contact;
  contact.id = node.attribute("id").value();
  contact.event = node.attribute("event").value();
  contact.uri = child_text(node, "uri");
  contact.display = child_text(node, "display-name");
  const std::string_view word = node.attribute("state").value();
  if (contact.id.empty() || contact.uri.empty() || word.empty()) return base::fail(PackageError::MissingValue);
  const auto state = state_of(word);
  const auto expires = number_of(node.attribute("expires"));
  const auto duration = number_of(node.attribute("duration-registered"));
  const auto retry_after = number_of(node.attribute("retry-after"));
  if (!state || *state == State::Init || !expires || !duration || !retry_after) return base::fail(PackageError::BadValue);
  contact.state = *state;
  contact.expires = *expires;
  contact.duration = *duration;
  contact.retry_after = *retry_after;
  return contact;
}

base::Result<RegistrationInfo::Registration, PackageError> read_registration(pugi::xml_node node, std::size_t& contacts) {
  RegistrationInfo::Registration registration;
  registration.aor = node.attribute("aor").value();
  registration.id = node.attribute("id").value();
  const std::string_view word = node.attribute("state").value();
  if (registration.aor.empty() || registration.id.empty() || word.empty()) return base::fail(PackageError::MissingValue);
  const auto state = state_of(word);
  if (!state) return base::fail(PackageError::BadValue);
  registration.state = *state;
  for (auto child = first_child(node, "contact"); child; child = next_sibling(child, "contact")) {
    if (++contacts > kMaxRows) return base::fail(PackageError::TooMany);
    auto contact = read_contact(child);
    if (!contact) return base::fail(contact.error());
    registration.contacts.push_back(std::move(*contact));
  }
  return registration;
}

}  // namespace

base::Result<RegistrationInfo, PackageError> parse_registration_info(std::string_view body) {
  pugi::xml_document document;
  if (const auto loaded = load_xml(body, "reginfo", kRegistrationInfoNamespace, document); !loaded) return base::fail(loaded.error());
  const auto root = document.document_element();
  const auto version = number_of(root.attribute("version"));
  const std::string_view state = root.attribute("state").value();
  if (!version) return base::fail(version.error());
  if (!*version || state.empty()) return base::fail(PackageError::MissingValue);
  if (state != "full" && state != "partial") return base::fail(PackageError::BadValue);
  RegistrationInfo info;
  info.version = **version;
  info.whole = state == "full";
  std::size_t contacts = 0;
  for (auto node = first_child(root, "registration"); node; node = next_sibling(node, "registration")) {
    if (info.registrations.size() >= kMaxRows) return base::fail(PackageError::TooMany);
    auto registration = read_registration(node, contacts);
    if (!registration) return base::fail(registration.error());
    info.registrations.push_back(std::move(*registration));
  }
  return info;
}

std::string write_registration_info(const RegistrationInfo& info) {
  pugi::xml_document document;
  auto root = begin_xml(document, "reginfo", kRegistrationInfoNamespace);
  root.append_attribute("version") = info.version;
  root.append_attribute("state") = info.whole ? "full" : "partial";
  for (const auto& registration : info.registrations) {
    auto node = root.append_child("registration");
    add_attribute(node, "aor", registration.aor);
    add_attribute(node, "id", registration.id);
    add_attribute(node, "state", word_of(registration.state));
    for (const auto& contact : registration.contacts) {
      auto child = node.append_child("contact");
      add_attribute(child, "id", contact.id);
      add_attribute(child, "state", word_of(contact.state));
      add_attribute(child, "event", contact.event);
      if (contact.expires) child.append_attribute("expires") = *contact.expires;
      if (contact.duration) child.append_attribute("duration-registered") = *contact.duration;
      if (contact.retry_after) child.append_attribute("retry-after") = *contact.retry_after;
      add_text(child, "uri", contact.uri);
      add_text(child, "display-name", contact.display);
    }
  }
  return save_xml(document);
}

Applied RegistrationTable::apply(const RegistrationInfo& info) {
  const Applied rule = version_rule(version_, info.version, info.whole);
  if (rule == Applied::Stale) return rule;
  auto next = info.whole ? std::map<std::string, Row>() : rows_;
  for (const auto& registration : info.registrations) {
    Row& row = next[registration.id];
    row.aor = registration.aor;
    row.state = registration.state;
    for (const auto& contact : registration.contacts) {
      // A terminated contact is reported once; its row is then not needed.
      if (contact.state == State::Terminated) {
        row.contacts.erase(contact.id);
      } else {
        row.contacts[contact.id] = contact;
      }
    }
    if (registration.state == State::Terminated) row.contacts.clear();
  }
  std::size_t all = 0;
  for (const auto& [id, row] : next) all += 1 + row.contacts.size();
  if (all > 2 * kMaxRows) return Applied::Full;
  rows_ = std::move(next);
  version_ = info.version;
  return rule;
}

}  // namespace offhook::inline v0::sip::packages
