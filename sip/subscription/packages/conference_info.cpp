#include <offhook/sip/subscription/packages/conference_info.hpp>

#include <offhook/sip/subscription/packages/xml.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip::packages {

namespace {

using Change = ConferenceInfo::Change;
constexpr const char* kConferenceInfoNamespace = "urn:ietf:params:xml:ns:conference-info";

/// Reads the state attribute; full if it is absent: RFC 4575 section 4.4.
base::Result<Change, PackageError> change_of(pugi::xml_node node) {
  const std::string_view word = node.attribute("state").value();
  if (word.empty() || word == "full") return Change::Full;
  if (word == "partial") return Change::Partial;
  if (word == "deleted") return Change::Deleted;
  return base::fail(PackageError::BadValue);
}

const char* word_of(Change change) {
  switch (change) {
    case Change::Full: return "full";
    case Change::Partial: return "partial";
    case Change::Deleted: return "deleted";
  }
  return "";
}

base::Result<std::optional<bool>, PackageError> flag_in(pugi::xml_node parent, std::string_view name) {
  const std::string word = child_text(parent, name);
  if (word.empty()) return std::optional<bool>();
  if (word == "true" || word == "1") return std::optional<bool>(true);
  if (word == "false" || word == "0") return std::optional<bool>(false);
  return base::fail(PackageError::BadValue);
}

base::Result<ConferenceInfo::Endpoint, PackageError> read_endpoint(pugi::xml_node node, std::size_t& rows) {
  ConferenceInfo::Endpoint endpoint;
  endpoint.entity = node.attribute("entity").value();
  const auto change = change_of(node);
  if (!change) return base::fail(change.error());
  endpoint.change = *change;
  endpoint.display = child_text(node, "display-text");
  endpoint.status = child_text(node, "status");
  endpoint.joining_method = child_text(node, "joining-method");
  for (auto child = first_child(node, "media"); child; child = next_sibling(child, "media")) {
    if (++rows > kMaxRows) return base::fail(PackageError::TooMany);
    endpoint.media.push_back({child.attribute("id").value(), child_text(child, "type"), child_text(child, "label"),
                              child_text(child, "src-id"), child_text(child, "status")});
  }
  return endpoint;
}

base::Result<ConferenceInfo::User, PackageError> read_user(pugi::xml_node node, std::size_t& rows) {
  ConferenceInfo::User user;
  user.entity = node.attribute("entity").value();
  if (user.entity.empty()) return base::fail(PackageError::MissingValue);
  const auto change = change_of(node);
  if (!change) return base::fail(change.error());
  user.change = *change;
  user.display = child_text(node, "display-text");
  const auto roles = first_child(node, "roles");
  for (auto role = first_child(roles, "entry"); role; role = next_sibling(role, "entry")) user.roles.push_back(trimmed(role.text().get()));
  for (auto child = first_child(node, "endpoint"); child; child = next_sibling(child, "endpoint")) {
    if (++rows > kMaxRows) return base::fail(PackageError::TooMany);
    auto endpoint = read_endpoint(child, rows);
    if (!endpoint) return base::fail(endpoint.error());
    user.endpoints.push_back(std::move(*endpoint));
  }
  return user;
}

base::Result<void, PackageError> read_users(pugi::xml_node users, ConferenceInfo& info) {
  const auto change = change_of(users);
  if (!change) return base::fail(change.error());
  info.has_users = !users.empty();
  info.users_change = *change;
  std::size_t rows = 0;
  for (auto node = first_child(users, "user"); node; node = next_sibling(node, "user")) {
    if (++rows > kMaxRows) return base::fail(PackageError::TooMany);
    auto user = read_user(node, rows);
    if (!user) return base::fail(user.error());
    info.users.push_back(std::move(*user));
  }
  return {};
}

void write_user(pugi::xml_node users, const ConferenceInfo::User& user) {
  auto node = users.append_child("user");
  add_attribute(node, "entity", user.entity);
  add_attribute(node, "state", word_of(user.change));
  add_text(node, "display-text", user.display);
  if (!user.roles.empty()) {
    auto roles = node.append_child("roles");
    for (const auto& role : user.roles) add_text(roles, "entry", role);
  }
  for (const auto& endpoint : user.endpoints) {
    auto child = node.append_child("endpoint");
    add_attribute(child, "entity", endpoint.entity);
    add_attribute(child, "state", word_of(endpoint.change));
    add_text(child, "display-text", endpoint.display);
    add_text(child, "status", endpoint.status);
    add_text(child, "joining-method", endpoint.joining_method);
    for (const auto& media : endpoint.media) {
      auto stream = child.append_child("media");
      add_attribute(stream, "id", media.id);
      add_text(stream, "type", media.type);
      add_text(stream, "label", media.label);
      add_text(stream, "src-id", media.src_id);
      add_text(stream, "status", media.status);
    }
  }
}

/// A value in a partial element replaces the known one; an absent value changes nothing: RFC 4575 section 4.6, step 3.
void take(std::string& known, const std::string& told) {
  if (!told.empty()) known = told;
}

template <class Row, class Key, class Merge>
void merge_rows(std::vector<Row>& known, const std::vector<Row>& told, Key key, Merge merge) {
  for (const Row& row : told) {
    const auto at = std::find_if(known.begin(), known.end(), [&](const Row& one) { return key(one) == key(row); });
    merge(known, at, row);
  }
}

void merge_endpoint(ConferenceInfo::Endpoint& known, const ConferenceInfo::Endpoint& told) {
  take(known.display, told.display);
  take(known.status, told.status);
  take(known.joining_method, told.joining_method);
  merge_rows(
      known.media, told.media, [](const auto& media) { return media.id; },
      [](auto& all, auto at, const auto& media) {
        if (at == all.end()) all.push_back(media);
        else *at = media;
      });
}

void merge_user(ConferenceInfo::User& known, const ConferenceInfo::User& told) {
  take(known.display, told.display);
  if (!told.roles.empty()) known.roles = told.roles;
  merge_rows(
      known.endpoints, told.endpoints, [](const auto& endpoint) { return endpoint.entity; },
      [](auto& all, auto at, const auto& endpoint) {
        if (endpoint.change == Change::Deleted) {
          if (at != all.end()) all.erase(at);
        } else if (at == all.end()) {
          all.push_back(endpoint);
        } else if (endpoint.change == Change::Full) {
          *at = endpoint;
        } else {
          merge_endpoint(*at, endpoint);
        }
      });
}

}  // namespace

base::Result<ConferenceInfo, PackageError> parse_conference_info(std::string_view body) {
  pugi::xml_document document;
  if (const auto loaded = load_xml(body, "conference-info", kConferenceInfoNamespace, document); !loaded) return base::fail(loaded.error());
  const auto root = document.document_element();
  ConferenceInfo info;
  info.entity = root.attribute("entity").value();
  const auto version = number_of(root.attribute("version"));
  const auto change = change_of(root);
  if (!version || !change) return base::fail(PackageError::BadValue);
  info.change = *change;
  // RFC 4575 section 4.3: full and partial documents must have a version.
  if (info.entity.empty() || (!*version && info.change != Change::Deleted)) return base::fail(PackageError::MissingValue);
  info.version = version->value_or(0);
  const auto description = first_child(root, "conference-description");
  info.subject = child_text(description, "subject");
  info.display = child_text(description, "display-text");
  const auto state = first_child(root, "conference-state");
  const auto count = number_in(state, "user-count");
  const auto active = flag_in(state, "active"), locked = flag_in(state, "locked");
  if (!count || !active || !locked) return base::fail(PackageError::BadValue);
  info.user_count = *count;
  info.active = *active;
  info.locked = *locked;
  if (const auto read = read_users(first_child(root, "users"), info); !read) return base::fail(read.error());
  return info;
}

std::string write_conference_info(const ConferenceInfo& info) {
  pugi::xml_document document;
  auto root = begin_xml(document, "conference-info", kConferenceInfoNamespace);
  root.append_attribute("entity") = info.entity.c_str();
  root.append_attribute("state") = word_of(info.change);
  root.append_attribute("version") = info.version;
  if (!info.subject.empty() || !info.display.empty()) {
    auto description = root.append_child("conference-description");
    add_text(description, "display-text", info.display);
    add_text(description, "subject", info.subject);
  }
  if (info.user_count || info.active || info.locked) {
    auto state = root.append_child("conference-state");
    if (info.user_count) add_text(state, "user-count", std::to_string(*info.user_count));
    if (info.active) add_text(state, "active", *info.active ? "true" : "false");
    if (info.locked) add_text(state, "locked", *info.locked ? "true" : "false");
  }
  if (info.has_users) {
    auto users = root.append_child("users");
    add_attribute(users, "state", word_of(info.users_change));
    for (const auto& user : info.users) write_user(users, user);
  }
  return save_xml(document);
}

Applied ConferenceTable::apply(const ConferenceInfo& info) {
  if (info.change == Change::Deleted) {
    ended_ = true;
    users_.clear();
    conference_ = info;
    return Applied::Taken;
  }
  const Applied rule = version_rule(version_, info.version, info.change == Change::Full);
  if (rule != Applied::Taken || info.version == version_) return rule == Applied::Taken ? Applied::Stale : rule;
  const bool anew = info.change == Change::Full || (info.has_users && info.users_change != Change::Partial);
  auto next = anew ? std::map<std::string, ConferenceInfo::User>() : users_;
  for (const auto& user : info.users) {
    if (user.change == Change::Deleted) {
      next.erase(user.entity);
    } else if (user.change == Change::Full || !next.contains(user.entity)) {
      next[user.entity] = user;
    } else {
      merge_user(next[user.entity], user);
    }
  }
  if (next.size() > kMaxRows) return Applied::Full;
  users_ = std::move(next);
  if (info.change == Change::Full) conference_ = {};
  take(conference_.entity, info.entity);
  take(conference_.subject, info.subject);
  take(conference_.display, info.display);
  if (info.user_count) conference_.user_count = info.user_count;
  if (info.active) conference_.active = info.active;
  if (info.locked) conference_.locked = info.locked;
  conference_.version = info.version;
  version_ = info.version;
  return Applied::Taken;
}

}  // namespace offhook::inline v0::sip::packages
