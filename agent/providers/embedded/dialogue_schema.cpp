#include <offhook/agent/providers/embedded/dialogue_schema.hpp>

#include <offhook/agent/providers/embedded/dialogue.hpp>

#include <nlohmann/json.hpp>

#include <vector>

namespace offhook::inline v0::agent::embedded {

namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr const char* kDefinitions = "#/definitions/";

OrderedJson refer(const std::string& name) { return {{"$ref", kDefinitions + name}}; }
OrderedJson matching(const char* pattern) { return {{"type", "string"}, {"pattern", pattern}, {"maxLength", kMaxPhraseBytes}}; }
OrderedJson list_of(OrderedJson items, std::size_t most) { return {{"type", "array"}, {"items", std::move(items)}, {"maxItems", most}}; }
OrderedJson choice(const std::vector<std::string>& words) { return {{"enum", words}}; }
OrderedJson whole(std::size_t least, std::size_t most) { return {{"type", "integer"}, {"minimum", least}, {"maximum", most}}; }
OrderedJson fraction(double usual) { return {{"type", "number"}, {"minimum", 0}, {"maximum", 1}, {"default", usual}}; }
OrderedJson described(const char* meaning, OrderedJson schema) {
  schema["description"] = meaning;
  return schema;
}

OrderedJson object(OrderedJson properties, const std::vector<std::string>& required) {
  OrderedJson schema{{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = required;
  return schema;
}

OrderedJson definitions() {
  OrderedJson phrases = list_of(refer("text"), kMaxPhrases);
  phrases["minItems"] = 1;
  return {{"text", {{"type", "string"}, {"minLength", 1}, {"maxLength", kMaxPhraseBytes}, {"not", {{"pattern", "[^ -~]"}}}}},
          {"texts", described("alternatives: Offhook says the first one the first time, the next one the next time", std::move(phrases))},
          {"name", {{"type", "string"}, {"pattern", "^[a-z0-9_]{1,64}$"}}},
          {"number", matching("^[-A-Za-z0-9+*#_.@:]+$")}};
}

/// Returns the schema of an action. `transfer` requires "to"; all other actions refuse it.
OrderedJson action(const std::vector<std::string>& without_number) {
  const OrderedJson transfer = object({{"do", {{"enum", {"transfer"}}}}, {"to", refer("number")}}, {"do", "to"});
  const OrderedJson other = object({{"do", choice(without_number)}}, {"do"});
  return {{"oneOf", {transfer, other}}};
}

/// Returns the schema of an intent. It requires "replies", unless the action is repeat or menu, which say other texts.
OrderedJson intent() {
  OrderedJson schema = object({{"name", refer("name")},
                        {"examples", described("sentences of callers", refer("texts"))},
                        {"replies", refer("texts")},
                        {"slots", described("the slots that Offhook asks for before the reply, in this order", list_of(refer("name"), kMaxSlots))},
                        {"action", action({"hang_up", "escalate", "repeat", "menu"})},
                        {"wish", described("the words with which Offhook reads the wish back: \"our opening hours\"", refer("text"))},
                        {"confirm", described("whether Offhook first reads the wish back; default: when_unsure with a wish, otherwise never",
                                              choice({"never", "when_unsure", "always"}))},
                        {"key", described("the telephone key with the same meaning", matching("^[0-9*]$"))},
                        {"anywhere", described("whether Offhook also understands this intent inside a form", {{"type", "boolean"}})}},
                       {"name", "examples"});
  const OrderedJson silent{{"properties", {{"action", {{"properties", {{"do", choice({"repeat", "menu"})}}}, {"required", {"do"}}}}}}, {"required", {"action"}}};
  schema["if"] = silent;
  schema["then"] = {{"not", {{"required", {"replies"}}}}};
  schema["else"] = {{"required", {"replies"}}};
  return schema;
}

OrderedJson slot() {
  return object({{"type", choice({"digits", "yesno"})},
                 {"min_digits", whole(1, kMaxDialogueDigits)},
                 {"max_digits", whole(1, kMaxDialogueDigits)}},
                {"type"});
}

OrderedJson form() {
  return object({{"slot", refer("name")},
                 {"ask", refer("texts")},
                 {"confirm", described("reads the answer back; without it, Offhook accepts the answer without a question", refer("texts"))},
                 {"grounding", described("explicit: confirm is a question; implicit: confirm is said before the next question; default: explicit with confirm, otherwise none",
                                         choice({"none", "implicit", "explicit"}))},
                 {"retry", described("at least as many texts as retries", refer("texts"))},
                 {"retries", whole(0, kMaxRetries)},
                 {"keys", described("the last attempt, which asks the caller to press the keys", refer("texts"))},
                 {"give_up", refer("texts")},
                 {"then", described("the action after give_up; default: the handoff, or goodbye without a handoff", action({"hang_up", "escalate", "menu"}))}},
                {"slot", "ask", "retry", "give_up"});
}

OrderedJson properties() {
  const OrderedJson faq = object({{"questions", refer("texts")}, {"answer", refer("text")}, {"wish", refer("text")}}, {"questions", "answer"});
  const OrderedJson intents = list_of(intent(), kMaxIntents);
  return {{"$schema", described("the address of this schema; it sets nothing", OrderedJson::object())},
          {"name", refer("name")},
          {"greeting", refer("texts")},
          {"goodbye", refer("texts")},
          {"intents", described("the wishes of callers; the list may be empty only with a faq", intents)},
          {"slots", described("the values that forms ask for", {{"type", "object"}, {"maxProperties", kMaxSlots}, {"propertyNames", refer("name")}, {"additionalProperties", slot()}})},
          {"states", described("the forms that ask for slots", list_of(form(), kMaxSlots))},
          {"faq", described("questions with one fixed answer; they count as intents", list_of(faq, kMaxIntents))},
          {"fallback", object({{"again", refer("texts")}, {"menu", refer("texts")}, {"last", refer("texts")}}, {"again", "menu", "last"})},
          {"silence", refer("texts")},
          {"handoff", object({{"say", refer("texts")}, {"to", refer("number")}}, {"say", "to"})},
          {"confirm_wish", described("reads a wish back; each text contains {wish}", refer("texts"))},
          {"denied", described("the reply after the caller has denied the wish", refer("texts"))},
          {"yes_no_help", described("the help before Offhook repeats a question of yes or no", refer("texts"))},
          {"intent_threshold", described("the score below which Offhook rejects a wish", fraction(Dialogue{}.intent_threshold))},
          {"intent_sure", described("the score from which Offhook accepts a wish; between the two scores, it asks for confirmation", fraction(Dialogue{}.intent_sure))},
          {"confidence_threshold", described("like intent_threshold, for the recogniser's confidence", fraction(Dialogue{}.confidence_threshold))},
          {"confidence_sure", described("like intent_sure, for the recogniser's confidence", fraction(Dialogue{}.confidence_sure))},
          {"pronunciations", described("the pronunciations of words that cmudict lacks, in cmudict's phones",
                                       {{"type", "object"},
                                        {"maxProperties", kMaxPronunciations},
                                        {"propertyNames", {{"pattern", "^[a-z']+$"}}},
                                        {"additionalProperties", matching("^[A-Z ]+$")}})}};
}

}  // namespace

std::string dialogue_schema_text() {
  OrderedJson schema{{"$schema", "http://json-schema.org/draft-07/schema#"},
              {"title", "Offhook dialogue"},
              {"description", "The wishes of callers, and the replies and actions of the agent (docs/embedded-speech.md). Made by `offhook schema dialogue`."}};
  schema.update(object(properties(), {"name", "greeting", "goodbye", "intents", "fallback"}));
  schema["definitions"] = definitions();
  return schema.dump(2) + "\n";
}

}  // namespace offhook::inline v0::agent::embedded
