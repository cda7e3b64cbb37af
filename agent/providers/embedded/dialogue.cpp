#include <offhook/agent/providers/embedded/dialogue.hpp>

#include <offhook/agent/providers/embedded/dialogue_node.hpp>
#include <offhook/agent/providers/embedded/provider.hpp>
#include <offhook/agent/support/json_tree.hpp>
#include <offhook/base/text.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <set>
#include <utility>

namespace offhook::inline v0::agent::embedded {
namespace {

using detail::Json, detail::Node, detail::Refused, detail::is_name;

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

ConfirmWish read_confirm_wish(const Node& node) {
  const auto name = node.text();
  if (name == "never") return ConfirmWish::Never;
  if (name == "when_unsure") return ConfirmWish::WhenUnsure;
  if (name == "always") return ConfirmWish::Always;
  node.refuse("must be never, when_unsure or always");
}

void read_wish(const Node& node, Intent& intent) {
  const auto wish = node.find("wish");
  if (!wish) return;
  intent.wish = wish->text();
  intent.confirm = ConfirmWish::WhenUnsure;
}

Intent read_intent(const Node& node) {
  node.allow_only({"name", "examples", "replies", "slots", "action", "wish", "confirm", "key", "anywhere"});
  Intent intent;
  intent.name = node.need("name").name();
  intent.examples = node.need("examples").phrases();
  if (const auto action = node.find("action")) intent.action = read_action(*action);
  const auto what = intent.action.what;
  const bool silent = what == DialogueAction::What::Repeat || what == DialogueAction::What::Menu;
  if (silent && node.find("replies")) node.need("replies").refuse("is not for repeat and menu, which repeat earlier sentences");
  if (!silent) intent.replies = node.need("replies").phrases();
  if (const auto slots = node.find("slots")) {
    for (const Node& slot : slots->list(kMaxSlots)) intent.slots.push_back(slot.name());
  }
  read_wish(node, intent);
  if (const auto confirm = node.find("confirm")) {
    intent.confirm = read_confirm_wish(*confirm);
    if (intent.confirm != ConfirmWish::Never) static_cast<void>(node.need("wish"));
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

Grounding read_grounding(const Node& node) {
  const auto name = node.text();
  if (name == "none") return Grounding::None;
  if (name == "implicit") return Grounding::Implicit;
  if (name == "explicit") return Grounding::Explicit;
  node.refuse("must be none, implicit or explicit");
}

Form read_form(const Node& node) {
  node.allow_only({"slot", "ask", "grounding", "confirm", "retry", "retries", "keys", "give_up", "then"});
  Form form;
  form.slot = node.need("slot").name();
  form.ask = node.need("ask").phrases();
  if (const auto confirm = node.find("confirm")) form.confirm = confirm->phrases();
  form.grounding = form.confirm.empty() ? Grounding::None : Grounding::Explicit;
  if (const auto grounding = node.find("grounding")) form.grounding = read_grounding(*grounding);
  if (form.grounding != Grounding::None) static_cast<void>(node.need("confirm"));
  form.retry = node.need("retry").phrases();
  form.retries = static_cast<std::uint32_t>(std::min<std::size_t>(2, form.retry.size()));
  if (const auto retries = node.find("retries")) {
    form.retries = static_cast<std::uint32_t>(retries->count(0, kMaxRetries));
    if (form.retries > form.retry.size()) retries->refuse("is more than \"retry\" has texts: each retry is worded differently");
  }
  if (const auto keys = node.find("keys")) form.keys = keys->phrases();
  form.give_up = node.need("give_up").phrases();
  if (const auto then = node.find("then")) {
    form.then = read_action(*then);
    if (form.then.what == DialogueAction::What::Repeat) then->refuse("must be hang_up, transfer, escalate or menu");
  }
  return form;
}

/// Reads the thresholds for the acceptance of a wish, and the texts that confirm or reject it.
void read_confirmation(const Node& root, Dialogue& dialogue) {
  dialogue.confirm_wish = {"You want {wish}. Is that right?"};
  dialogue.denied = {"I am sorry. What can I do for you?"};
  dialogue.yes_no_help = {"Please say yes or no.", "Press 1 for yes, or 2 for no."};
  if (const auto texts = root.find("confirm_wish")) {
    dialogue.confirm_wish = texts->phrases();
    for (const std::string& text : dialogue.confirm_wish) {
      if (text.find("{wish}") == std::string::npos) texts->refuse("says \"" + text + "\", which lacks {wish}");
    }
  }
  if (const auto texts = root.find("denied")) dialogue.denied = texts->phrases();
  if (const auto texts = root.find("yes_no_help")) dialogue.yes_no_help = texts->phrases();
  const auto pair = [&root](const char* low_name, double& low, const char* high_name, double& high) {
    if (const auto given = root.find(low_name)) low = given->fraction();
    high = std::max(low, high);
    const auto given = root.find(high_name);
    if (!given) return;
    high = given->fraction();
    if (high < low) given->refuse(std::string("must not be below ") + low_name);
  };
  pair("intent_threshold", dialogue.intent_threshold, "intent_sure", dialogue.intent_sure);
  pair("confidence_threshold", dialogue.confidence_threshold, "confidence_sure", dialogue.confidence_sure);
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
    node.allow_only({"questions", "answer", "wish"});
    Intent intent;
    intent.name = "faq_" + std::to_string(dialogue.intents.size() + 1);
    intent.examples = node.need("questions").phrases();
    intent.replies = {node.need("answer").text()};
    read_wish(node, intent);
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

/// Refuses names that refer to nothing, and names and keys that are used twice.
void check_references(const Node& root, const Dialogue& dialogue) {
  std::set<std::string, std::less<>> names;
  std::set<char> keys;
  for (const Intent& intent : dialogue.intents) {
    if (!names.insert(intent.name).second) root.need("intents").refuse("has two intents named " + intent.name);
    if (intent.key != '\0' && !keys.insert(intent.key).second)
      root.need("intents").refuse(std::string("has two intents with the key ") + intent.key);
    for (const std::string& slot : intent.slots) {
      if (dialogue.find_slot(slot) == nullptr) root.need("intents").refuse(intent.name + " needs the slot " + slot + ", which \"slots\" lacks");
      if (dialogue.find_form(slot) == nullptr) root.need("intents").refuse(intent.name + " needs the slot " + slot + ", which no state asks for");
    }
  }
  std::set<std::string, std::less<>> asked;
  for (const Form& form : dialogue.forms) {
    if (dialogue.find_slot(form.slot) == nullptr) root.need("states").refuse("asks for the slot " + form.slot + ", which \"slots\" lacks");
    if (!asked.insert(form.slot).second) root.need("states").refuse("asks for the slot " + form.slot + " twice");
  }
}

/// Refuses a dialogue in which the call ends after an implicit grounding: the caller would have no turn left to correct the value.
void check_grounding(const Node& root, const Dialogue& dialogue) {
  using What = DialogueAction::What;
  for (const Intent& intent : dialogue.intents) {
    if (intent.slots.empty() || intent.action.what == What::None) continue;
    const Form* last = dialogue.find_form(intent.slots.back());
    if (last->grounding == Grounding::Implicit)
      root.need("states").refuse("grounds " + last->slot + " implicitly, and after it " + intent.name + " ends the conversation: make it explicit");
  }
}

/// Refuses a text with a {name} that is not the name of a slot, because the caller would hear a gap.
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
    for (const Phrases* phrases : {&form.ask, &form.confirm, &form.retry, &form.keys, &form.give_up}) check(*phrases, "states");
  }
}

Dialogue read_dialogue(const Node& root) {
  root.allow_only({"$schema", "name", "greeting", "goodbye", "intents", "slots", "states", "faq", "fallback", "silence", "handoff",
                   "confirm_wish", "denied", "yes_no_help", "intent_threshold", "intent_sure", "confidence_threshold", "confidence_sure",
                   "pronunciations"});
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
  read_confirmation(root, dialogue);
  if (const auto words = root.find("pronunciations")) read_pronunciations(*words, dialogue);
  check_references(root, dialogue);
  check_grounding(root, dialogue);
  check_placeholders(root, dialogue);
  return dialogue;
}

base::Error dialogue_error(std::string why) {
  return {"embedded", static_cast<int>(EmbeddedError::Dialogue), std::move(why)};
}

/// Checks the syntax and the bounds of the JSON text before the library parses it. Returns the first problem, which quotes nothing of
/// the text. Bounds the depth, because the library destroys its tree by recursion. Refuses a name that occurs twice, because the
/// library would keep only one of the values.
std::optional<std::string> complain_of_json(std::string_view json) {
  constexpr JsonBounds kBounds{.depth = 16, .members = 256, .items = 256};
  std::vector<Problem> problems;
  static_cast<void>(read_json(json, "dialogue", problems, kBounds));
  if (problems.empty()) return std::nullopt;
  return problems.front().where + ": " + problems.front().found;
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
  if (auto complaint = complain_of_json(json)) return base::fail(dialogue_error(*std::move(complaint)));
  try {
    constexpr bool kThrows = true, kWithComments = true;
    const Json document = Json::parse(json, nullptr, kThrows, kWithComments);
    return read_dialogue(Node(document, ""));
  } catch (const Refused& refused) {
    return base::fail(dialogue_error(refused.where + " " + refused.why));
  } catch (const Json::exception&) {  // The message of the exception would quote the text.
    return base::fail(dialogue_error("the dialogue is not JSON"));
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
