#include <offhook/agent/config/reference.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::config {

namespace {

constexpr std::string_view kOpen = "${", kFile = "file:", kCredential = "credential:";
constexpr std::size_t kMaxVariableName = 128;

using Result = base::Result<Resolved, Complaint>;

bool is_variable_name(std::string_view name) {
  const auto fits = [](char c) { return base::is_alpha(c) || base::is_digit(c) || c == '_'; };
  return !name.empty() && name.size() <= kMaxVariableName && !base::is_digit(name.front()) &&
         std::all_of(name.begin(), name.end(), fits);
}

/// Returns true for a file name that cannot leave its folder.
bool is_credential_name(std::string_view name) {
  const auto fits = [](char c) { return base::is_alpha(c) || base::is_digit(c) || c == '_' || c == '-' || c == '.'; };
  return !name.empty() && name.size() <= kMaxVariableName && name.front() != '.' && std::all_of(name.begin(), name.end(), fits);
}

Result resolve_variable(const std::string& name, const Environment& environment) {
  const auto value = environment ? environment(name) : std::nullopt;
  if (value && !value->empty()) return Resolved{*value, {}};
  return base::fail(Complaint{"a reference to a variable that is not set", "a variable that is set", "set " + name});
}

Result resolve_file(const std::string& path, const Sources& sources) {
  const std::string allowed = "a file of at most 64 KiB that this user may read";
  const std::string whole = beside(sources.path, path);
  const auto file = sources.files ? sources.files(whole, kMaxReferencedBytes)
                                  : base::Result<FileText, std::string>(base::fail(std::string("this program does not read files that a configuration names")));
  if (!file)
    return base::fail(Complaint{"a reference to a file that cannot be read (" + file.error() + ")", allowed,
                                "check the path, which starts at the folder of the configuration file, and the permissions of the file"});
  Resolved out{file->text, {}};
  if (out.text.ends_with('\n')) out.text.pop_back();
  if (out.text.ends_with('\r')) out.text.pop_back();
  if (file->others_may_read) out.warning = "the file that it refers to may be read by other users: chmod 600";
  return out;
}

/// Reads the credential in the folder that systemd gives to the service. The reference does not name the folder, so that one configuration is valid
/// for all units, and for a check outside them.
Result resolve_credential(const std::string& name, const Sources& sources) {
  const auto folder = sources.environment ? sources.environment("CREDENTIALS_DIRECTORY") : std::nullopt;
  if (!folder || folder->empty())
    return base::fail(Complaint{"a reference to a credential, and there is no CREDENTIALS_DIRECTORY", "a service to which systemd gives this directory",
                                "set LoadCredential=" + name + ":PATH in its unit, as docs/run/service.md describes"});
  auto out = resolve_file(*folder + "/" + name, sources);
  if (!out) {
    out.error().advice = "set LoadCredential=" + name + ":PATH in the unit, as docs/run/service.md describes";
    return out;
  }
  out->warning.reset();  // systemd controls access to the file; its mode shows only the mask of an ACL.
  return out;
}

}  // namespace

bool is_reference(std::string_view text) {
  return text.starts_with(kOpen) && text.ends_with('}');
}

std::optional<Reference> parse_reference(std::string_view text) {
  if (!is_reference(text)) return std::nullopt;
  const auto inner = text.substr(kOpen.size(), text.size() - kOpen.size() - 1);
  if (inner.starts_with(kFile) && inner.size() > kFile.size()) return Reference{Reference::To::File, inner.substr(kFile.size())};
  if (inner.starts_with(kCredential) && is_credential_name(inner.substr(kCredential.size())))
    return Reference{Reference::To::Credential, inner.substr(kCredential.size())};
  if (is_variable_name(inner)) return Reference{Reference::To::Variable, inner};
  return std::nullopt;
}

Result resolve(std::string_view text, const Sources& sources) {
  const auto reference = parse_reference(text);
  if (!reference)
    return base::fail(Complaint{"an unknown kind of reference", "${NAME}, ${file:PATH} or ${credential:NAME}", "correct the text between the braces"});
  const std::string name(reference->name);
  switch (reference->to) {
    case Reference::To::Variable: return resolve_variable(name, sources.environment);
    case Reference::To::File: return resolve_file(name, sources);
    case Reference::To::Credential: break;
  }
  return resolve_credential(name, sources);
}

}  // namespace offhook::inline v0::agent::config
