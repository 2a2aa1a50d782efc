package text

import (
	"encoding/json"
	"fmt"
)

// parseTemplate reads what is put around texts.
func parseTemplate(raw json.RawMessage, v *vocab, depth int) (t template, err error) {
	if absent(raw) {
		return t, nil
	}
	kind, f, err := part(raw, depth, struct {
		List    []json.RawMessage      `json:"processors"`
		Single  []slotJSON             `json:"single"`
		Pair    []slotJSON             `json:"pair"`
		Special map[string]specialJSON `json:"special_tokens"`
		Sep     []json.RawMessage      `json:"sep"`
		Cls     []json.RawMessage      `json:"cls"`
	}{})
	if err != nil {
		return t, err
	}
	switch kind {
	case "ByteLevel": // trims offsets, of which there are none
		return t, nil
	case "Sequence":
		for _, r := range f.List {
			more, err := parseTemplate(r, v, depth+1)
			if err != nil {
				return t, err
			}
			if more.single != nil {
				t = more
			}
		}
		return t, nil
	case "TemplateProcessing":
		if t.single, err = slots(f.Single, f.Special, v); err == nil {
			t.pair, err = slots(f.Pair, f.Special, v)
		}
		return t, err
	case "BertProcessing", "RobertaProcessing":
		cls, err := special(f.Cls, v)
		if err != nil {
			return t, err
		}
		sep, err := special(f.Sep, v)
		if err != nil {
			return t, err
		}
		return around(cls, sep, kind == "RobertaProcessing"), nil
	}
	return t, fmt.Errorf("there is no post_processor %.40q here", kind)
}

// around is [CLS] a [SEP], and [CLS] a [SEP] b [SEP]; RoBERTa has a second [SEP]
// before b, and counts all to the first text.
func around(cls, sep int, roberta bool) template {
	token := func(id, kind int) slot { return slot{id, -1, kind} }
	t := template{single: []slot{token(cls, 0), {text: 0}, token(sep, 0)}}
	if roberta {
		t.pair = append(append([]slot{}, t.single...), token(sep, 0), slot{text: 1}, token(sep, 0))
		return t
	}
	t.pair = append(append([]slot{}, t.single...), slot{text: 1, kind: 1}, token(sep, 1))
	return t
}

// special reads ["[SEP]", 102].
func special(pair []json.RawMessage, v *vocab) (id int, err error) {
	if len(pair) != 2 {
		return 0, fmt.Errorf("a special token is %d values; want a text and a number", len(pair))
	}
	if err := json.Unmarshal(pair[1], &id); err != nil {
		return 0, err
	}
	return id, v.check([]int{id})
}

type slotJSON struct {
	Special *struct {
		ID   string `json:"id"`
		Kind int    `json:"type_id"`
	} `json:"SpecialToken"`
	Sequence *struct {
		ID   string `json:"id"`
		Kind int    `json:"type_id"`
	} `json:"Sequence"`
}

type specialJSON struct {
	IDs []int `json:"ids"`
}

func slots(list []slotJSON, special map[string]specialJSON, v *vocab) ([]slot, error) {
	out := []slot{}
	if len(list) > 64 { // each may hold a whole text
		return nil, fmt.Errorf("the template has %d parts; want at most 64", len(list))
	}
	for _, s := range list {
		switch {
		case s.Special != nil:
			t, ok := special[s.Special.ID]
			if !ok {
				return nil, fmt.Errorf("the template's token %.40q is not among its special_tokens", s.Special.ID)
			}
			if err := v.check(t.IDs); err != nil {
				return nil, err
			}
			for _, id := range t.IDs {
				out = append(out, slot{id, -1, s.Special.Kind})
			}
		case s.Sequence != nil && s.Sequence.ID == "A":
			out = append(out, slot{text: 0, kind: s.Sequence.Kind})
		case s.Sequence != nil && s.Sequence.ID == "B":
			out = append(out, slot{text: 1, kind: s.Sequence.Kind})
		default:
			return nil, fmt.Errorf("the template has a part that is neither a token nor text A or B")
		}
	}
	return out, nil
}
