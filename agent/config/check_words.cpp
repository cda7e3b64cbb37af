#include <offhook/agent/config/check_words.hpp>

#include <offhook/agent/config/harmless_value.hpp>
#include <offhook/agent/providers/registry/registry.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::config {

namespace {

using Kind = JsonValue::Kind;

bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

std::size_t most_of(const Setting& setting, std::size_t otherwise) {
  return setting.most > 0 ? static_cast<std::size_t>(setting.most) : otherwise;
}

/// Returns the fault of one text of this shape; nullopt if the text is valid.
std::optional<std::string> fault_of(Shape shape, std::string_view text, std::size_t most);

/// Returns the region as the addresses of its services write it. A portal may show "West Europe" for "westeurope".
std::string region_of(std::string_view text) {
  std::string region;
  for (const char c : text) {
    if (c != ' ') region += base::to_lower(c);
  }
  return region;
}

bool is_language(std::string_view text) {
  for (bool is_first = true, more = true; more; is_first = false) {
    const auto part = text.substr(0, text.find('-'));
    more = part.size() < text.size();
    if (more) text.remove_prefix(part.size() + 1);
    const bool fits =
        std::all_of(part.begin(), part.end(), [&](char c) { return base::is_alpha(c) || (!is_first && base::is_digit(c)); });
    if (!fits || part.size() < (is_first ? 2U : 1U) || part.size() > (is_first ? 3U : 8U)) return false;  // RFC 5646 section 2.1
  }
  return true;
}

std::optional<std::string> fault_of_target(std::string_view text) {
  if (text.empty()) return "empty text";
  if (text.size() > kMaxTarget) return "longer text";
  if (!is_visible(text) || text.find_first_of("<>\"") != std::string_view::npos) return "characters that no telephone number or SIP address has";
  const auto colon = text.find(':');
  const auto scheme = text.substr(0, colon == std::string_view::npos ? 0 : colon);
  if (scheme.empty())
    return colon == 0 || text.find('@') != std::string_view::npos ? std::optional<std::string>("an address without sip:")
                                                                  : std::nullopt;
  const bool is_known = base::iequals(scheme, "sip") || base::iequals(scheme, "sips") || base::iequals(scheme, "tel");
  if (!is_known) return "an address that is neither sip:, sips: nor tel:";
  return colon + 1 == text.size() ? std::optional<std::string>("nothing after " + std::string(scheme) + ":") : std::nullopt;
}

std::optional<std::string> fault_of_pattern(std::string_view text) {
  if (text.empty()) return "empty text";
  if (text.size() > kMaxTarget) return "longer text";
  if (!std::all_of(text.begin(), text.end(), [](char c) { return (c < '\0' || c >= ' ') && c != '\x7f'; }))
    return "a control character";
  const auto star = text.find('*');
  return star != std::string_view::npos && star + 1 != text.size() ? std::optional<std::string>("a star that is not at the end")
                                                                   : std::nullopt;
}

std::optional<std::string> fault_of_url(std::string_view text, std::size_t most) {
  if (text.size() > most) return "longer text";
  const auto begin = text.find("://");
  const auto scheme = text.substr(0, begin == std::string_view::npos ? 0 : begin);
  if (!base::iequals(scheme, "http") && !base::iequals(scheme, "https"))
    return "text that begins with neither http:// nor https://";
  if (!is_visible(text)) return "a blank or another character that no URL has";
  const auto host = text.substr(begin + 3, text.find_first_of("/?#", begin + 3) - begin - 3);
  if (host.empty() || host.front() == ':') return "a URL without a host";
  if (host.find('@') != std::string_view::npos) return "a user or a password in the URL";
  return text.find('#') != std::string_view::npos ? std::optional<std::string>("a # in the URL") : std::nullopt;
}

std::optional<std::string> fault_of(Shape shape, std::string_view text, std::size_t most) {
  switch (shape) {
    case Shape::Pattern:
      return fault_of_pattern(text);
    case Shape::Target:
    case Shape::Targets:
      return fault_of_target(text);
    case Shape::Url:
      return fault_of_url(text, most);
    case Shape::Region:
      return is_word(region_of(text)) ? std::nullopt : std::optional<std::string>("text that is not a name");
    case Shape::Language:
      return text.empty() || is_language(text) ? std::nullopt : std::optional<std::string>("text that is not a language tag");
    default:
      return is_word(text) ? std::nullopt : std::optional<std::string>(text.empty() ? "empty text" : "text that is not a name");
  }
}

std::string advice_for(Shape shape) {
  switch (shape) {
    case Shape::Pattern:
      return "write the number, or its beginning and a star";
    case Shape::Target:
    case Shape::Targets:
      return "write the number alone, or sip:NUMBER@HOST";
    case Shape::Url:
      return "correct it, and write keys and passwords in their own settings";
    case Shape::Language:
      return "write one, such as \"en\", or leave it out";
    default:
      return "use only these characters, and at most 64";
  }
}

std::string allowed_providers() {
  std::string all;
  for (const Provider* kind : provider_kinds()) all += "\"" + std::string(kind->name) + "\", ";
  return all + "or a name of /providers";
}

Checked check_one(const Setting& setting, const JsonValue& value) {
  if (value.kind != Kind::Text) return refuse(setting, with_value(std::string(name_of(value.kind)), setting, value), "write text, in quotes");
  if (auto fault = fault_of(setting.shape, value.text, most_of(setting, kMaxTarget)))
    return refuse(setting, with_value(*std::move(fault), setting, value), setting.advice.empty() ? advice_for(setting.shape) : std::string(setting.advice));
  if (setting.shape == Shape::Region) return json_text(region_of(value.text));
  if (setting.shape != Shape::Url) return value;
  std::string_view url = value.text;
  while (url.ends_with('/')) url.remove_suffix(1);
  return json_text(url);
}

Checked check_list(const Setting& setting, const JsonValue& value) {
  if (setting.shape == Shape::Providers && value.kind == Kind::Text) return check_one(setting, value);
  if (value.kind != Kind::List) return refuse(setting, with_value(std::string(name_of(value.kind)), setting, value), "write a list, in brackets");
  if (value.items.empty()) return refuse(setting, "an empty list", "name at least one, or leave it out");
  if (value.items.size() > most_of(setting, 16)) return refuse(setting, "a longer list", "shorten it");
  for (auto item = value.items.begin(); item != value.items.end(); ++item) {
    if (item->kind != Kind::Text)
      return refuse(setting, with_value(std::string(name_of(item->kind)) + " in the list", setting, *item), "write names, in quotes");
    if (const auto fault = fault_of(setting.shape, item->text, kMaxWord))
      return refuse(setting, with_value(*fault + " in the list", setting, *item), advice_for(setting.shape));
    if (std::find(value.items.begin(), item, *item) != item) return refuse(setting, with_value("a name twice", setting, *item), "keep one of them");
  }
  return value;
}

Checked check_targets(const Setting& setting, const JsonValue& value) {
  if (value.kind != Kind::Object)
    return refuse(setting, std::string(name_of(value.kind)), "write an object in braces, with a name for each target");
  if (value.members.empty()) return refuse(setting, "an empty object", "name at least one");
  if (value.members.size() > most_of(setting, 64)) return refuse(setting, "a larger object", "remove some");
  for (const auto& [name, target] : value.members) {
    if (!is_word(name)) return refuse(setting, "a name with other characters", advice_for(Shape::Name));
    if (target.kind != Kind::Text)
      return refuse(setting, std::string(name_of(target.kind)) + " for a number", "write it in quotes");
    if (auto fault = fault_of_target(target.text)) return refuse(setting, *std::move(fault), advice_for(Shape::Targets));
  }
  return value;
}

}  // namespace

bool is_word(std::string_view text) {
  const auto fits = [](char c) { return base::is_alpha(c) || base::is_digit(c) || c == '-' || c == '_'; };
  return !text.empty() && text.size() <= kMaxWord && std::all_of(text.begin(), text.end(), fits);
}

Checked check_words(const Setting& setting, const JsonValue& value) {
  if (setting.shape == Shape::Targets) return check_targets(setting, value);
  return setting.shape == Shape::Names || setting.shape == Shape::Providers ? check_list(setting, value)
                                                                            : check_one(setting, value);
}

std::string allowed_words(const Setting& setting) {
  switch (setting.shape) {
    case Shape::Pattern:
      return "a value such as \"6002\", or its beginning and a star, such as \"+43*\"";
    case Shape::Target:
      return "a number, or an address such as \"sip:6002@pbx.example\"";
    case Shape::Targets:
      return "an object of 1 to " + std::to_string(setting.most) + " names, each with a number or a SIP address";
    case Shape::Url:
      return "a URL such as \"https://host.example\"";
    case Shape::Language:
      return "a language tag such as \"en\" or \"pt-BR\" (BCP 47)";
    case Shape::Provider:
      return allowed_providers();
    case Shape::Providers:
      return "a provider, or a list of at most 16 in the order in which Offhook tries them";
    case Shape::Names:
      return "a list of 1 to " + std::to_string(setting.most) + " names of letters, digits, - and _";
    default:
      return "a name of 1 to 64 letters, digits, - and _";
  }
}

}  // namespace offhook::inline v0::agent::config
