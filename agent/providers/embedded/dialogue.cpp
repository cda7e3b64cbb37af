#include <offhook/agent/providers/embedded/dialogue.hpp>

#include <offhook/agent/providers/embedded/provider.hpp>
#include <offhook/base/text.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <set>
#include <utility>

namespace offhook::inline v0::agent::embedded {
namespace {

using Json = nlohmann::json;

/// Ends parsing; caught in parse_dialogue() and nowhere else.
struct Refused {
  std::string where, why;
};

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::ranges::all_of(text, [](char c) { return base::is_digit(c) || c == '_' || (base::is_alpha(c) && c == base::to_lower(c)); });
}

/// One value of the file and the way to it.
class Node {
 public:
  Node(const Json& value, std::string where) : value_(&value), where_(std::move(where)) {}

  [[noreturn]] void refuse(std::string why) const { throw Refused{where_.empty() ? "/" : where_, std::move(why)}; }

  void allow_only(std::initializer_list<std::string_view> keys) const {
    if (!value_->is_object()) refuse("must be an object");
    for (const auto& [key, unused] : value_->items()) {
      if (std::ranges::find(keys, key) == keys.end()) Node(*value_, where_ + "/" + key).refuse("is not a known key");
    }
  }

  [[nodiscard]] std::optional<Node> find(const std::string& key) const {
    const auto found = value_->find(key);
    if (found == value_->end()) return std::nullopt;
    return Node(*found, where_ + "/" + key);
  }
  [[nodiscard]] Node need(const std::string& key) const {
    auto found = find(key);
    if (!found) refuse("lacks \"" + key + "\"");
    return *std::move(found);
  }

  [[nodiscard]] std::vector<Node> list(std::size_t limit) const {
    if (!value_->is_array()) refuse("must be a list");
    if (value_->size() > limit) refuse("has more than " + std::to_string(limit) + " entries");
    std::vector<Node> nodes;
    for (std::size_t i = 0; i < value_->size(); ++i) nodes.emplace_back((*value_)[i], where_ + "/" + std::to_string(i));
    return nodes;
  }
  [[nodiscard]] std::vector<std::pair<std::string, Node>> members(std::size_t limit) const {
    if (!value_->is_object()) refuse("must be an object");
    if (value_->size() > limit) refuse("has more than " + std::to_string(limit) + " entries");
    std::vector<std::pair<std::string, Node>> nodes;
    for (const auto& [key, value] : value_->items()) nodes.emplace_back(key, Node(value, where_ + "/" + key));
    return nodes;
  }

  [[nodiscard]] std::string text() const {
    if (!value_->is_string()) refuse("must be a text");
    auto text = value_->get<std::string>();
    if (text.empty() || text.size() > kMaxPhraseBytes) refuse("must have 1 to " + std::to_string(kMaxPhraseBytes) + " characters");
    const auto printable = [](char c) { return c >= ' ' && c <= '~'; };  // The voice and the recogniser know ASCII only.
    if (!std::ranges::all_of(text, printable)) refuse("must be plain ASCII");
    return text;
  }
  [[nodiscard]] std::string name() const {
    auto name = text();
    if (!is_name(name)) refuse("must be lower-case letters, digits and _");
    return name;
  }
  [[nodiscard]] Phrases phrases() const {
    Phrases all;
    for (const Node& node : list(kMaxPhrases)) all.push_back(node.text());
    if (all.empty()) refuse("must not be empty");
    return all;
  }
  [[nodiscard]] bool flag() const {
    if (!value_->is_boolean()) refuse("must be true or false");
    return value_->get<bool>();
  }
  [[nodiscard]] std::size_t count(std::size_t low, std::size_t high) const {
    if (!value_->is_number_unsigned() || value_->get<std::size_t>() < low || value_->get<std::size_t>() > high)
      refuse("must be a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    return value_->get<std::size_t>();
  }
  [[nodiscard]] double fraction() const {
    if (!value_->is_number() || value_->get<double>() < 0 || value_->get<double>() > 1) refuse("must be a number from 0 to 1");
    return value_->get<double>();
  }

 private:
  const Json* value_;  // Borrows from the document that parse_dialogue() holds.
  std::string where_;
};

std::string read_number(const Node& node) {
  auto number = node.text();
  const auto dialable = [](char c) { return base::is_digit(c) || base::is_alpha(c) || std::string_view("+*#_-.@:").find(c) != std::string_view::npos; };
  if (!std::ranges::all_of(number, dialable)) node.refuse("must be a number or an address to transfer to");
  return number;
}

DialogueAction read_action(const Node& node) {
  using What = DialogueAction::What;
  node.allow_only({"do", "to"});
  const Node what = node.need("do");
  const auto to = node.find("to");
  const auto name = what.text();
  if (name == "transfer") return {What::Transfer, read_number(node.need("to"))};
  if (to) to->refuse("belongs to \"transfer\" only");
  if (name == "hang_up") return {What::HangUp, {}};
  if (name == "escalate") return {What::Escalate, {}};
  if (name == "repeat") return {What::Repeat, {}};
  if (name == "menu") return {What::Menu, {}};
  what.refuse("must be hang_up, transfer, escalate, repeat or menu");
}

Intent read_intent(const Node& node) {
  node.allow_only({"name", "examples", "replies", "slots", "action", "key", "anywhere"});
  Intent intent;
  intent.name = node.need("name").name();
  intent.examples = node.need("examples").phrases();
  if (const auto action = node.find("action")) intent.action = read_action(*action);
  const auto what = intent.action.what;
  const bool silent = what == DialogueAction::What::Repeat || what == DialogueAction::What::Menu;
  if (silent && node.find("replies")) node.need("replies").refuse("is not for repeat and menu, which say what they repeat");
  if (!silent) intent.replies = node.need("replies").phrases();
  if (const auto slots = node.find("slots")) {
    for (const Node& slot : slots->list(kMaxSlots)) intent.slots.push_back(slot.name());
  }
  if (const auto key = node.find("key")) {
    const auto text = key->text();
    if (text.size() != 1 || !(base::is_digit(text[0]) || text == "*")) key->refuse("must be one of 0-9 and *");
    intent.key = text[0];
  }
  if (const auto anywhere = node.find("anywhere")) intent.anywhere = anywhere->flag();
  return intent;
}

Slot read_slot(const std::string& name, const Node& node) {
  if (!is_name(name)) node.refuse("must be named in lower-case letters, digits and _");
  node.allow_only({"type", "min_digits", "max_digits"});
  Slot slot;
  slot.name = name;
  const Node type = node.need("type");
  if (const auto text = type.text(); text == "yesno") slot.type = Slot::Type::YesNo;
  else if (text != "digits") type.refuse("must be digits or yesno");
  if (const auto low = node.find("min_digits")) slot.min_digits = low->count(1, kMaxDialogueDigits);
  if (const auto high = node.find("max_digits")) slot.max_digits = high->count(slot.min_digits, kMaxDialogueDigits);
  return slot;
}

Form read_form(const Node& node) {
  node.allow_only({"slot", "ask", "confirm", "retry", "retries", "give_up"});
  Form form;
  form.slot = node.need("slot").name();
  form.ask = node.need("ask").phrases();
  if (const auto confirm = node.find("confirm")) form.confirm = confirm->phrases();
  form.retry = node.need("retry").phrases();
  if (const auto retries = node.find("retries")) form.retries = static_cast<std::uint32_t>(retries->count(0, 2));
  form.give_up = node.need("give_up").phrases();
  return form;
}

void read_fallback(const Node& node, Dialogue& dialogue) {
  node.allow_only({"again", "menu", "last"});
  dialogue.fallback.again = node.need("again").phrases();
  dialogue.fallback.menu = node.need("menu").phrases();
  dialogue.fallback.last = node.need("last").phrases();
}

void read_handoff(const Node& node, Dialogue& dialogue) {
  node.allow_only({"say", "to"});
  dialogue.handoff = node.need("say").phrases();
  dialogue.handoff_number = read_number(node.need("to"));
}

void read_intents(const Node& root, Dialogue& dialogue) {
  for (const Node& node : root.need("intents").list(kMaxIntents)) dialogue.intents.push_back(read_intent(node));
  const auto faq = root.find("faq");
  if (!faq) return;
  for (const Node& node : faq->list(kMaxIntents - dialogue.intents.size())) {
    node.allow_only({"questions", "answer"});
    Intent intent;
    intent.name = "faq_" + std::to_string(dialogue.intents.size() + 1);
    intent.examples = node.need("questions").phrases();
    intent.replies = {node.need("answer").text()};
    dialogue.intents.push_back(std::move(intent));
  }
}

void read_pronunciations(const Node& node, Dialogue& dialogue) {
  const auto is_phone = [](char c) { return c == ' ' || (base::is_alpha(c) && c != base::to_lower(c)); };
  for (const auto& [word, phones] : node.members(kMaxPronunciations)) {
    const auto is_word = [](char c) { return c == '\'' || (base::is_alpha(c) && c == base::to_lower(c)); };
    if (!std::ranges::all_of(word, is_word) || word.empty()) phones.refuse("must be named by a lower-case word");
    auto text = phones.text();
    if (!std::ranges::all_of(text, is_phone)) phones.refuse("must be phones of cmudict, as \"HH AH L OW\"");
    dialogue.pronunciations.emplace(word, std::move(text));
  }
}

/// Names that must point somewhere, and names and keys that must not be used twice.
void check_references(const Node& root, const Dialogue& dialogue) {
  std::set<std::string, std::less<>> names;
  std::set<char> keys;
  for (const Intent& intent : dialogue.intents) {
    if (!names.insert(intent.name).second) root.need("intents").refuse("has two intents named " + intent.name);
    if (intent.key != '\0' && !keys.insert(intent.key).second)
      root.need("intents").refuse(std::string("has two intents with the key ") + intent.key);
    for (const std::string& slot : intent.slots) {
      if (dialogue.find_slot(slot) == nullptr) root.need("intents").refuse(intent.name + " wants the slot " + slot + ", which \"slots\" lacks");
      if (dialogue.find_form(slot) == nullptr) root.need("intents").refuse(intent.name + " wants the slot " + slot + ", which no state asks for");
    }
  }
  std::set<std::string, std::less<>> asked;
  for (const Form& form : dialogue.forms) {
    if (dialogue.find_slot(form.slot) == nullptr) root.need("states").refuse("asks for the slot " + form.slot + ", which \"slots\" lacks");
    if (!asked.insert(form.slot).second) root.need("states").refuse("asks for the slot " + form.slot + " twice");
  }
}

/// {names} in what is said must be slots: otherwise the caller hears a gap.
void check_placeholders(const Node& root, const Dialogue& dialogue) {
  const auto check = [&](const Phrases& phrases, const char* where) {
    for (const std::string& phrase : phrases) {
      for (auto open = phrase.find('{'); open != std::string::npos; open = phrase.find('{', open + 1)) {
        const auto close = phrase.find('}', open);
        if (close == std::string::npos || dialogue.find_slot(std::string_view(phrase).substr(open + 1, close - open - 1)) == nullptr)
          root.need(where).refuse("says \"" + phrase + "\", whose {...} names no slot");
      }
    }
  };
  for (const Intent& intent : dialogue.intents) check(intent.replies, "intents");
  for (const Form& form : dialogue.forms) {
    for (const Phrases* phrases : {&form.ask, &form.confirm, &form.retry, &form.give_up}) check(*phrases, "states");
  }
}

Dialogue read_dialogue(const Node& root) {
  root.allow_only({"name", "greeting", "goodbye", "intents", "slots", "states", "faq", "fallback", "silence", "handoff",
                   "intent_threshold", "confidence_threshold", "pronunciations"});
  Dialogue dialogue;
  dialogue.name = root.need("name").name();
  dialogue.greeting = root.need("greeting").phrases();
  dialogue.goodbye = root.need("goodbye").phrases();
  read_intents(root, dialogue);
  if (dialogue.intents.empty()) root.need("intents").refuse("must not be empty");
  if (const auto slots = root.find("slots")) {
    for (const auto& [name, node] : slots->members(kMaxSlots)) dialogue.slots.push_back(read_slot(name, node));
  }
  if (const auto states = root.find("states")) {
    for (const Node& node : states->list(kMaxSlots)) dialogue.forms.push_back(read_form(node));
  }
  read_fallback(root.need("fallback"), dialogue);
  if (const auto silence = root.find("silence")) dialogue.silence = silence->phrases();
  if (const auto handoff = root.find("handoff")) read_handoff(*handoff, dialogue);
  if (const auto threshold = root.find("intent_threshold")) dialogue.intent_threshold = threshold->fraction();
  if (const auto threshold = root.find("confidence_threshold")) dialogue.confidence_threshold = threshold->fraction();
  if (const auto words = root.find("pronunciations")) read_pronunciations(*words, dialogue);
  check_references(root, dialogue);
  check_placeholders(root, dialogue);
  return dialogue;
}

base::Error dialogue_error(std::string why) {
  return {"embedded", static_cast<int>(EmbeddedError::Dialogue), std::move(why)};
}

/// nlohmann's DOM recurses when it is destroyed, so that depth is bounded before it is built.
bool is_too_deep(std::string_view json) {
  constexpr std::size_t kMaxDepth = 16;
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (quoted) {
      if (json[i] == '\\') ++i;
      else if (json[i] == '"') quoted = false;
    } else if (json[i] == '"') {
      quoted = true;
    } else if (json[i] == '{' || json[i] == '[') {
      if (++depth > kMaxDepth) return true;
    } else if ((json[i] == '}' || json[i] == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

}  // namespace

const Slot* Dialogue::find_slot(std::string_view slot) const {
  const auto found = std::ranges::find(slots, slot, &Slot::name);
  return found == slots.end() ? nullptr : &*found;
}

const Form* Dialogue::find_form(std::string_view slot) const {
  const auto found = std::ranges::find(forms, slot, &Form::slot);
  return found == forms.end() ? nullptr : &*found;
}

base::Result<Dialogue, base::Error> parse_dialogue(std::string_view json) {
  if (json.size() > kMaxDialogueBytes)
    return base::fail(dialogue_error("the dialogue is larger than " + std::to_string(kMaxDialogueBytes) + " bytes"));
  if (is_too_deep(json)) return base::fail(dialogue_error("the dialogue is nested too deeply"));
  try {
    const Json document = Json::parse(json);
    return read_dialogue(Node(document, ""));
  } catch (const Refused& refused) {
    return base::fail(dialogue_error(refused.where + " " + refused.why));
  } catch (const Json::exception& broken) {
    return base::fail(dialogue_error(std::string("the dialogue is not JSON: ") + broken.what()));
  }
}

base::Result<Dialogue, base::Error> load_dialogue(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string json(kMaxDialogueBytes + 1, '\0');
  if (!file) return base::fail(dialogue_error("cannot read the dialogue " + path));
  file.read(json.data(), static_cast<std::streamsize>(json.size()));
  if (file.bad()) return base::fail(dialogue_error("cannot read the dialogue " + path));
  json.resize(static_cast<std::size_t>(file.gcount()));
  auto dialogue = parse_dialogue(json);
  if (!dialogue) return base::fail(dialogue_error(path + ": " + dialogue.error().detail));
  return dialogue;
}

}  // namespace offhook::inline v0::agent::embedded
