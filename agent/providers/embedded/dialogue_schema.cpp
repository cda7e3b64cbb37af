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
          {"texts", described("alternatives: the first is said first, the next one the next time", std::move(phrases))},
          {"name", {{"type", "string"}, {"pattern", "^[a-z0-9_]{1,64}$"}}},
          {"number", matching("^[-A-Za-z0-9+*#_.@:]+$")}};
}

/// `transfer` requires "to"; all other actions refuse it.
OrderedJson action(const std::vector<std::string>& without_number) {
  const OrderedJson transfer = object({{"do", {{"enum", {"transfer"}}}}, {"to", refer("number")}}, {"do", "to"});
  const OrderedJson other = object({{"do", choice(without_number)}}, {"do"});
  return {{"oneOf", {transfer, other}}};
}

/// Repeat and menu have replies of their own; every other intent requires "replies".
OrderedJson intent() {
  OrderedJson schema = object({{"name", refer("name")},
                        {"examples", described("what callers say", refer("texts"))},
                        {"replies", refer("texts")},
                        {"slots", described("asked for, in this order, before the reply", list_of(refer("name"), kMaxSlots))},
                        {"action", action({"hang_up", "escalate", "repeat", "menu"})},
                        {"wish", described("as it is read back: \"our opening hours\"", refer("text"))},
                        {"confirm", described("whether the wish is read back first; when_unsure if there is a wish, else never",
                                              choice({"never", "when_unsure", "always"}))},
                        {"key", described("the telephone key that means the same", matching("^[0-9*]$"))},
                        {"anywhere", described("understood inside a form too", {{"type", "boolean"}})}},
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
                 {"confirm", described("reads the answer back; without it the answer is taken as it is", refer("texts"))},
                 {"grounding", described("explicit: confirm is a question; implicit: it is said in passing; explicit if there is confirm, else none",
                                         choice({"none", "implicit", "explicit"}))},
                 {"retry", described("as many texts as retries at least", refer("texts"))},
                 {"retries", whole(0, kMaxRetries)},
                 {"keys", described("asks for the keys as the last attempt", refer("texts"))},
                 {"give_up", refer("texts")},
                 {"then", described("after give_up; the handoff, or goodbye without one, if it is not given", action({"hang_up", "escalate", "menu"}))}},
                {"slot", "ask", "retry", "give_up"});
}

OrderedJson properties() {
  const OrderedJson faq = object({{"questions", refer("texts")}, {"answer", refer("text")}, {"wish", refer("text")}}, {"questions", "answer"});
  const OrderedJson intents = list_of(intent(), kMaxIntents);
  return {{"$schema", described("the address of this schema; it sets nothing", OrderedJson::object())},
          {"name", refer("name")},
          {"greeting", refer("texts")},
          {"goodbye", refer("texts")},
          {"intents", described("what callers may want; none only beside a faq", intents)},
          {"slots", described("what is asked for", {{"type", "object"}, {"maxProperties", kMaxSlots}, {"propertyNames", refer("name")}, {"additionalProperties", slot()}})},
          {"states", described("the forms that ask for slots", list_of(form(), kMaxSlots))},
          {"faq", described("questions with one fixed answer; they count as intents", list_of(faq, kMaxIntents))},
          {"fallback", object({{"again", refer("texts")}, {"menu", refer("texts")}, {"last", refer("texts")}}, {"again", "menu", "last"})},
          {"silence", refer("texts")},
          {"handoff", object({{"say", refer("texts")}, {"to", refer("number")}}, {"say", "to"})},
          {"confirm_wish", described("reads a wish back: each has {wish}", refer("texts"))},
          {"denied", described("said after a no to it", refer("texts"))},
          {"yes_no_help", described("said before a question of yes or no is asked again", refer("texts"))},
          {"intent_threshold", described("below it a wish is rejected", fraction(Dialogue{}.intent_threshold))},
          {"intent_sure", described("from here on it is taken, in between it is confirmed", fraction(Dialogue{}.intent_sure))},
          {"confidence_threshold", described("as intent_threshold, of the recogniser's confidence", fraction(Dialogue{}.confidence_threshold))},
          {"confidence_sure", described("as intent_sure, of the recogniser's confidence", fraction(Dialogue{}.confidence_sure))},
          {"pronunciations", described("words that cmudict lacks, in its phones",
                                       {{"type", "object"},
                                        {"maxProperties", kMaxPronunciations},
                                        {"propertyNames", {{"pattern", "^[a-z']+$"}}},
                                        {"additionalProperties", matching("^[A-Z ]+$")}})}};
}

}  // namespace

std::string dialogue_schema_text() {
  OrderedJson schema{{"$schema", "http://json-schema.org/draft-07/schema#"},
              {"title", "Offhook dialogue"},
              {"description", "What a caller may want, and what is said and done (docs/embedded-speech.md). Made by `offhook schema dialogue`."}};
  schema.update(object(properties(), {"name", "greeting", "goodbye", "intents", "fallback"}));
  schema["definitions"] = definitions();
  return schema.dump(2) + "\n";
}

}  // namespace offhook::inline v0::agent::embedded
