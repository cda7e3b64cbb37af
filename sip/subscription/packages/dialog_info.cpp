#include <offhook/sip/subscription/packages/dialog_info.hpp>

#include <offhook/sip/subscription/packages/xml.hpp>
#include <offhook/sip/subscription/packages/xml_text.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace offhook::inline v0::sip::packages {

namespace {

constexpr const char* kDialogInfoNamespace = "urn:ietf:params:xml:ns:dialog-info";
constexpr std::array<std::string_view, 5> kStates{"trying", "proceeding", "early", "confirmed", "terminated"};

DialogInfo::Side read_side(pugi::xml_node side) {
  const auto identity = first_child(side, "identity");
  return {trimmed(identity.text().get()), identity.attribute("display").value(), first_child(side, "target").attribute("uri").value()};
}

void write_side(pugi::xml_node dialog, const char* name, const DialogInfo::Side& side) {
  if (side == DialogInfo::Side{}) return;
  auto node = dialog.append_child(name);
  if (!side.identity.empty()) {
    auto identity = node.append_child("identity");
    add_attribute(identity, "display", side.display);
    identity.text().set(xml_text(side.identity).c_str());
  }
  if (!side.target.empty()) add_attribute(node.append_child("target"), "uri", side.target);
}

base::Result<DialogInfo::Dialog, PackageError> read_dialog(pugi::xml_node node) {
  DialogInfo::Dialog dialog;
  dialog.id = node.attribute("id").value();
  const auto state = first_child(node, "state");
  if (dialog.id.empty() || !state) return base::fail(PackageError::MissingValue);
  const auto word = std::find(kStates.begin(), kStates.end(), trimmed(state.text().get()));
  if (word == kStates.end()) return base::fail(PackageError::BadValue);
  dialog.state = static_cast<DialogInfo::State>(word - kStates.begin());
  dialog.event = state.attribute("event").value();
  const auto code = number_of(state.attribute("code"));
  const auto duration = number_in(node, "duration");
  if (!code || !duration) return base::fail(PackageError::BadValue);
  dialog.code = *code;
  dialog.duration = *duration;
  const std::string_view direction = node.attribute("direction").value();
  if (direction == "initiator") dialog.direction = DialogInfo::Direction::Initiator;
  if (direction == "recipient") dialog.direction = DialogInfo::Direction::Recipient;
  dialog.call_id = node.attribute("call-id").value();
  dialog.local_tag = node.attribute("local-tag").value();
  dialog.remote_tag = node.attribute("remote-tag").value();
  dialog.local = read_side(first_child(node, "local"));
  dialog.remote = read_side(first_child(node, "remote"));
  return dialog;
}

}  // namespace

std::string_view to_string(DialogInfo::State state) { return kStates[static_cast<std::size_t>(state)]; }

base::Result<DialogInfo, PackageError> parse_dialog_info(std::string_view body) {
  pugi::xml_document document;
  if (const auto loaded = load_xml(body, "dialog-info", kDialogInfoNamespace, document); !loaded) return base::fail(loaded.error());
  const auto root = document.document_element();
  DialogInfo info;
  info.entity = root.attribute("entity").value();
  const auto version = number_of(root.attribute("version"));
  const std::string_view state = root.attribute("state").value();
  if (!version) return base::fail(version.error());
  if (!*version || state.empty() || info.entity.empty()) return base::fail(PackageError::MissingValue);
  if (state != "full" && state != "partial") return base::fail(PackageError::BadValue);
  info.version = **version;
  info.whole = state == "full";
  for (auto node = first_child(root, "dialog"); node; node = next_sibling(node, "dialog")) {
    if (info.dialogs.size() >= kMaxRows) return base::fail(PackageError::TooMany);
    auto dialog = read_dialog(node);
    if (!dialog) return base::fail(dialog.error());
    info.dialogs.push_back(std::move(*dialog));
  }
  return info;
}

std::string write_dialog_info(const DialogInfo& info, std::string_view mark) {
  pugi::xml_document document;
  auto root = begin_xml(document, "dialog-info", kDialogInfoNamespace);
  // Write the mark before any text of peers, so that the first mark in the document is this one.
  add_attribute(root, "version", mark.empty() ? std::to_string(info.version) : std::string(mark));
  root.append_attribute("state") = info.whole ? "full" : "partial";
  root.append_attribute("entity") = xml_text(info.entity).c_str();
  for (const auto& dialog : info.dialogs) {
    auto node = root.append_child("dialog");
    add_attribute(node, "id", dialog.id);
    add_attribute(node, "call-id", dialog.call_id);
    add_attribute(node, "local-tag", dialog.local_tag);
    add_attribute(node, "remote-tag", dialog.remote_tag);
    if (dialog.direction == DialogInfo::Direction::Initiator) add_attribute(node, "direction", "initiator");
    if (dialog.direction == DialogInfo::Direction::Recipient) add_attribute(node, "direction", "recipient");
    auto state = node.append_child("state");
    add_attribute(state, "event", dialog.event);
    if (dialog.code) state.append_attribute("code") = *dialog.code;
    state.text().set(std::string(to_string(dialog.state)).c_str());
    if (dialog.duration) add_text(node, "duration", std::to_string(*dialog.duration));
    write_side(node, "local", dialog.local);
    write_side(node, "remote", dialog.remote);
  }
  return save_xml(document);
}

Applied DialogTable::apply(const DialogInfo& info) {
  const Applied rule = version_rule(version_, info.version, info.whole);
  if (rule == Applied::Stale) return rule;
  auto next = info.whole ? std::map<std::string, DialogInfo::Dialog>() : dialogs_;
  for (const auto& dialog : info.dialogs) {
    // A terminated dialog is reported once; its row is then not needed.
    if (dialog.state == DialogInfo::State::Terminated) {
      next.erase(dialog.id);
    } else {
      next[dialog.id] = dialog;
    }
  }
  if (next.size() > kMaxRows) return Applied::Full;
  dialogs_ = std::move(next);
  version_ = info.version;
  return rule;
}

bool DialogTable::in_use() const { return !dialogs_.empty(); }

}  // namespace offhook::inline v0::sip::packages
