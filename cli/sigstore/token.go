package sigstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"
)

// Variables that hold a token, or say how to get one. The last two are set by GitHub in a job with the permission
// `id-token: write`.
const (
	tokenVariable        = "SIGSTORE_ID_TOKEN" //nolint:gosec // the name of a variable
	requestURLVariable   = "ACTIONS_ID_TOKEN_REQUEST_URL"
	requestTokenVariable = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
)

// audience is whom the token is for: Fulcio takes no other.
const audience = "sigstore"

// identityToken is the OpenID token by which Fulcio knows who signs.
func identityToken(ctx context.Context) (string, error) {
	if token := os.Getenv(tokenVariable); token != "" {
		return token, nil
	}
	address, bearer := os.Getenv(requestURLVariable), os.Getenv(requestTokenVariable)
	if address == "" || bearer == "" {
		return "", fmt.Errorf("there is no OpenID token: sign keyless in a job of GitHub Actions with the permission "+
			"`id-token: write`, or set %s", tokenVariable)
	}
	parsed, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", requestURLVariable, err)
	}
	query := parsed.Query()
	query.Set("audience", audience)
	parsed.RawQuery = query.Encode()
	token, err := requestToken(ctx, parsed.String(), bearer)
	if err != nil {
		return "", fmt.Errorf("ask GitHub for an OpenID token: %w", err)
	}
	return token, nil
}

func requestToken(ctx context.Context, address, bearer string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("Authorization", "Bearer "+bearer)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", errors.New(response.Status)
	}
	var answer struct {
		Value string `json:"value"`
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&answer); err != nil {
		return "", err
	}
	if answer.Value == "" {
		return "", errors.New("the answer has no token")
	}
	return answer.Value, nil
}
